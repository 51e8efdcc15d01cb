import type { Mutation } from "./mutations.js";

/** Of what pods see of volumes. */
export const nodeVolumesMutations: readonly Mutation[] = [
  {
    area: "volumes of configuration",
    fault: "volumes do not follow what they are made of",
    file: "src/howbelet/volumes/pod-volume.ts",
    find: "if (this.wanted !== undefined && isSamePlan(this.wanted, planned.plan)) return;",
    replace: "if (this.made !== undefined) return;",
  },
  {
    area: "volumes of configuration",
    fault: "files have the volume's mode, whatever their own",
    file: "src/howbelet/volumes/payload.ts",
    find: "files.set(path, { data: value, mode: own ?? mode });",
    replace: "files.set(path, { data: value, mode });",
  },
  {
    area: "volumes of configuration",
    fault: "what is secret is on disk",
    file: "src/howbelet/volumes/volume-plan.ts",
    find: "isSecret: parts.some(({ secret }) => secret !== undefined)",
    replace: "isSecret: false",
  },
  {
    area: "empty folders of pods",
    fault: "folders are open to their owner alone",
    file: "src/howbelet/volumes/volume-plan.ts",
    find: "const openMode = 0o777;",
    replace: "const openMode = 0o755;",
  },
  {
    area: "empty folders of pods",
    fault: "folders in memory have no limit",
    file: "src/howbelet/volumes/mounter.ts",
    find: "...(sizeBytes === undefined ? [] : [",
    replace: "...(sizeBytes !== -1 ? [] : [",
  },
  {
    area: "parts of volumes",
    fault: "links lead out of volumes",
    file: "src/howbelet/volumes/container-mounts.ts",
    find: "holdBelow(await realpath(volume.path), subPath)",
    replace: 'holdBelow("/", [volume.path, subPath].join("/"))',
  },
  {
    area: "parts of volumes",
    fault: "a container sees what the one before it saw",
    file: "src/howbelet/volumes/container-mounts.ts",
    find: "  await mounter.unmountBelow(target);\n",
    replace: "  if ((await stat(target).catch(() => undefined)) !== undefined) return target;\n",
  },
  {
    area: "files of the machine in pods",
    fault: "what is on the machine is not looked at",
    file: "src/howbelet/volumes/host-path.ts",
    find: 'if (type === "") return;',
    replace: 'if (type !== "-") return;',
  },
  {
    area: "files of the machine in pods",
    fault: "later mounts do not show",
    file: "src/howbelet/volumes/container-mounts.ts",
    find: 'return mountPropagation === "HostToContainer" ? "rslave" : "private";',
    replace: 'return "private";',
  },
  {
    area: "lives of volumes",
    fault: "volumes of pods that are gone are left",
    file: "src/howbelet/volumes/pod-volumes.ts",
    find: "const gone = [...this.found].filter(",
    replace: "const gone = [...new Set<string>()].filter(",
  },
  {
    area: "lives of volumes",
    fault: "an agent does not know volumes that are there already",
    file: "src/howbelet/volumes/pod-volumes.ts",
    find: "for (const uid of await this.places.pods()) this.found.add(uid);",
    replace: "await this.places.pods();",
  },
];
