import type { Mutation } from "./mutations.js";

/** Of what containers may do, and what they see. */
export const nodeIsolationMutations: readonly Mutation[] = [
  {
    area: "security contexts",
    fault: "a container's security context does not override its pod's",
    file: "src/howbelet/containers/security-context.ts",
    find: "return { ...fromPod, ...Object.fromEntries(own) };",
    replace: "return { ...Object.fromEntries(own), ...fromPod };",
  },
  {
    area: "security contexts",
    fault: "an image without a user counts as one that is not root",
    file: "src/howbelet/containers/run-as.ts",
    find: 'if (user === "") return `container has',
    replace: 'if (user === "-") return `container has',
  },
  {
    area: "security contexts",
    fault: "capabilities are added only",
    file: "src/howbelet/runtime/docker/confinement-options.ts",
    find: "{ CapDrop: [...capabilities.drop] }",
    replace: "{ CapDrop: [] }",
  },
  {
    area: "security contexts",
    fault: "the root file system is writable whatever is said",
    file: "src/howbelet/containers/confinements.ts",
    find: "hasReadOnlyRoot: security.readOnlyRootFilesystem ?? false,",
    replace: "hasReadOnlyRoot: false,",
  },
  {
    area: "the surroundings of a pod's containers",
    fault: "a pod that wants its own name servers gets the node's too",
    file: "src/howbelet/containers/container-settings.ts",
    find: 'extendsMachine: dnsPolicy !== "None",',
    replace: "extendsMachine: true,",
  },
  {
    area: "the surroundings of a pod's containers",
    fault: "a pod's containers each have processes of their own",
    file: "src/howbelet/containers/confinements.ts",
    find: 'if (spec.shareProcessNamespace === true) return { type: "pod" };',
    replace: 'if (spec.shareProcessNamespace === true) return { type: "own" };',
  },
  {
    area: "the surroundings of a pod's containers",
    fault: "everybody goes last when memory is short",
    file: "src/howbelet/containers/oom-score.ts",
    find: 'if (qos !== "Burstable") return qos === "Guaranteed" ? guaranteed : bestEffort;',
    replace: 'if (qos !== "Burstable") return guaranteed;',
  },
  {
    area: "the programs of containers",
    fault: "an image's own arguments follow another command",
    file: "src/howbelet/runtime/docker/create-options.ts",
    find: "{ Entrypoint: [...config.command] }",
    replace: '{ Entrypoint: [...config.command], Cmd: ["default"] }',
  },
  {
    area: "the programs of containers",
    fault: "other arguments replace the program, too",
    file: "src/howbelet/runtime/docker/create-options.ts",
    find: "{ Cmd: [...config.args] }",
    replace: '{ Entrypoint: ["echo"], Cmd: [...config.args] }',
  },
  {
    area: "ephemeral containers of a pod that runs",
    fault: "whom an ephemeral container is for is not looked at",
    file: "src/howbelet/containers/confinements.ts",
    find: 'if (target === "") return { type: "own" };',
    replace: 'if (target !== undefined) return { type: "own" };',
  },
  {
    area: "ephemeral containers of a pod that runs",
    fault: "only the newest ephemeral container stays",
    file: "src/api/kinds/pod/ephemeral-containers.ts",
    find: "draft.spec.ephemeralContainers = sent.spec.ephemeralContainers;",
    replace: "draft.spec.ephemeralContainers = sent.spec.ephemeralContainers.slice(0, 1);",
  },
];
