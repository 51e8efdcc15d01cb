/** A pod template that needs nothing but a node. */
export function podTemplate(labels: Readonly<Record<string, string>>, container: object = {}) {
  return { metadata: { labels }, spec: { containers: [{ name: "main", image: "busybox:1.36", ...container }] } };
}
