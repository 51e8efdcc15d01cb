import type { Mutation } from "./mutations.js";

/** Of howbectl's verbs that reach into containers. */
export const nodeCliMutations: readonly Mutation[] = [
  {
    area: "howbectl with real containers",
    fault: "a container's run is read again whenever its status is told",
    file: "src/howbectl/logs/instances.ts",
    find: "return [...new Set(instances)].filter((id) => !known.has(id));",
    replace: "return known.size >= 0 ? instances : [];",
  },
  {
    area: "howbectl with real containers",
    fault: "a program's exit code is not howbectl's",
    file: "src/howbectl/sessions/exit-failure.ts",
    find: ", exitCode);\n}",
    replace: ");\n}",
  },
  {
    area: "howbectl with real containers",
    fault: "of a directory one entry is not copied",
    file: "src/howbectl/copy/pack.ts",
    find: "for (const entry of entries) await",
    replace: "for (const entry of entries.slice(1)) await",
  },
];
