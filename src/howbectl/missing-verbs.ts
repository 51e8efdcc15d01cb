/** What to do instead of a verb that kubectl has and howbectl has not; "" where there is nothing instead. */
const instead: Readonly<Record<string, string>> = {
  auth: "",
  certificate: "",
  "cluster-info": "howbectl get nodes -o wide, and howbectl version",
  completion: "",
  expose: "a hostPort of the container, for there are no services",
  kuberc: "",
  kustomize: "kustomize build DIR | howbectl apply -f -",
  options: "howbectl --help",
  plugin: "",
  proxy: "",
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
