import { createController, isNotFound, podKind } from "howbernetes/client";

/** The label that says what a pod runs. */
const label = "image";

/** The name in an image's reference, as a label can say it: "registry:5000/team/web:1.2" is "web". */
export function imageName(reference: string): string {
  const [path = ""] = reference.split("@");
  const [name = ""] = path.slice(path.lastIndexOf("/") + 1).split(":");
  return name.slice(0, 63).replace(/[^A-Za-z0-9]+$/, "");
}

/**
 * Labels each pod with the name of its first container's image, and puts the label right when somebody changes it. It
 * is not told what has changed, but which pod to look at: from what is there now it sees what is to do, if anything.
 */
export const podLabeler = createController({
  name: "pod-labeler",
  for: podKind,
  workers: 4,

  async reconcile({ key, object: pod, client, events, log, signal }) {
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const wanted = imageName(pod.spec.containers[0]?.image ?? "");
    if (wanted === "" || pod.metadata.labels[label] === wanted) return;

    // The resourceVersion refuses the write when the pod is not as it was seen; it is then looked at again.
    const { resourceVersion } = pod.metadata;
    const patch = { metadata: { resourceVersion, labels: { [label]: wanted } } };
    try {
      await client.of(podKind).patch(key, "merge", patch, { signal });
    } catch (error: unknown) {
      if (isNotFound(error)) return;
      throw error;
    }
    log.info("pod labelled", { ...key, image: wanted });
    events.event({ kind: podKind, object: pod }, "Normal", "Labelled", `Labelled with ${label}=${wanted}`);
  },
});
