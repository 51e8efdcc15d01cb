import type { Mutation } from "./mutations.js";

/** Of pulling images. */
export const imageMutations: readonly Mutation[] = [
  {
    area: "images of pods",
    fault: "the accounts of a pod's imagePullSecrets are not used",
    file: "src/howbelet/images/pull-accounts.ts",
    find: "const fromSecrets = secrets.flatMap(({ accounts }) => accounts ?? []);",
    replace: "const fromSecrets: RegistryAccounts[] = [];",
  },
  {
    area: "images of pods",
    fault: "only one account is tried",
    file: "src/howbelet/images/image-supply.ts",
    find: "credentials.length === 0 ? [undefined] : credentials)",
    replace: "credentials.length === 0 ? [undefined] : credentials.slice(0, 1))",
  },
  {
    area: "images of pods",
    fault: "an image that is there is never asked for at its registry",
    file: "src/howbelet/images/image-step.ts",
    find: 'if (policy !== "Always") {',
    replace: 'if (policy !== "") {',
  },
  {
    area: "images of pods",
    fault: "how far a pull is does not reach the pod's status",
    file: "src/howbelet/images/image-step.ts",
    find: "deps.progress(pullText(progress));",
    replace: "pullText(progress);",
  },
  {
    area: "images of pods",
    fault: "a status names the runtime's id of an image instead of the registry's digest",
    file: "src/howbelet/images/image-step.ts",
    find: "(names.find((name) => name.repository === repository) ?? names[0])?.canonical ?? id",
    replace: 'repository === "" ? "" : id',
  },
];
