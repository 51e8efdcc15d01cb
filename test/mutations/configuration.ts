import type { Mutation } from "./mutations.js";

/** Of what containers are configured by. */
export const configurationMutations: readonly Mutation[] = [
  {
    area: "configuration of pods",
    fault: "a value does not see the variables before it",
    file: "src/howbelet/containers/environment.ts",
    find: "return expandVariables(value, variables);",
    replace: "return value;",
  },
];
