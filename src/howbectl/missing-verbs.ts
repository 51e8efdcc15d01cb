/** What to do instead of a verb that kubectl has and howbectl has not; "" where there is nothing instead. */
const instead: Readonly<Record<string, string>> = {
  auth: "",
  certificate: "",
  "cluster-info": "howbectl get nodes -o wide, and howbectl version",
  completion: "",
  cordon: `howbectl patch node NAME -p '{"spec":{"unschedulable":true}}'`,
  drain: `howbectl patch node NAME -p '{"spec":{"unschedulable":true}}', then howbectl delete the pods that howbectl get pods -A -o wide shows there`,
  expose: "a hostPort of the container, for there are no services",
  kuberc: "",
  kustomize: "kustomize build DIR | howbectl apply -f -",
  options: "howbectl --help",
  plugin: "",
  proxy: "",
  taint: `howbectl patch node NAME -p '{"spec":{"taints":[{"key":"KEY","value":"VALUE","effect":"NoSchedule"}]}}'`,
  uncordon: `howbectl patch node NAME -p '{"spec":{"unschedulable":false}}'`,
};

/** Whether kubectl knows the word as a verb, and howbectl does not. */
export function isMissingVerb(word: string): boolean {
  return Object.hasOwn(instead, word);
}

/** What does the work of a verb that is missing, if anything does. */
export function insteadOf(verb: string): string | undefined {
  const way = instead[verb] ?? "";
  return way === "" ? undefined : `Instead: ${way}`;
}
