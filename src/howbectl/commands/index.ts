import type { Command } from "commander";
import type { CliEnv } from "../cli-env.js";

/** A command of howbectl: what its help says of it, and where it is. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  /** Loads the command alone: the others' modules cost no start-up time. */
  load(): Promise<(env: CliEnv) => Command>;
}

const beginner = "Basic Commands (Beginner):";
const intermediate = "Basic Commands (Intermediate):";
const deploy = "Deploy Commands:";
const cluster = "Cluster Management Commands:";
const troubleshooting = "Troubleshooting and Debugging Commands:";
const advanced = "Advanced Commands:";
const settings = "Settings Commands:";
const other = "Other Commands:";

/** Every command, in the order of the help. */
export const commandEntries: readonly CommandEntry[] = [
  {
    name: "create",
    summary: "Create objects from files, standard input or flags",
    group: beginner,
    load: async () => (await import("./create.js")).createCommand,
  },
  {
    name: "run",
    summary: "Run a particular image on the cluster",
    group: beginner,
    load: async () => (await import("./run.js")).runCommand,
  },
  {
    name: "set",
    summary: "Set specific fields of the pods that workloads make",
    group: beginner,
    load: async () => (await import("./set.js")).setCommand,
  },
  {
    name: "explain",
    summary: "Say what a kind or one of its fields is for",
    group: intermediate,
    load: async () => (await import("./explain.js")).explainCommand,
  },
  { name: "get", summary: "Display one or many resources", group: intermediate, load: async () => (await import("./get.js")).getCommand },
  {
    name: "edit",
    summary: "Change objects in your editor",
    group: intermediate,
    load: async () => (await import("./edit.js")).editCommand,
  },
  {
    name: "delete",
    summary: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
    group: intermediate,
    load: async () => (await import("./delete.js")).deleteCommand,
  },
  {
    name: "rollout",
    summary: "See, undo, pause and restart the rollouts of a workload",
    group: deploy,
    load: async () => (await import("./rollout.js")).rolloutCommand,
  },
  {
    name: "scale",
    summary: "Set how many pods an object keeps",
    group: deploy,
    load: async () => (await import("./scale.js")).scaleCommand,
  },
  {
    name: "autoscale",
    summary: "Have a workload scaled by what its pods use",
    group: deploy,
    load: async () => (await import("./autoscale.js")).autoscaleCommand,
  },
  {
    name: "worker",
    summary: "Print the command that joins a machine to the cluster as a node",
    group: cluster,
    load: async () => (await import("./worker.js")).workerCommand,
  },
  {
    name: "master",
    summary: "Set the server that the current context talks to",
    group: cluster,
    load: async () => (await import("./master.js")).masterCommand,
  },
  {
    name: "top",
    summary: "Show what nodes and pods use of processors and memory",
    group: cluster,
    load: async () => (await import("./top.js")).topCommand,
  },
  {
    name: "cluster",
    summary: "Ask about the cluster as a whole",
    group: cluster,
    load: async () => (await import("./cluster.js")).clusterCommand,
  },
  {
    name: "rebalance",
    summary: "Move pods off nodes that are fuller than others",
    group: cluster,
    load: async () => (await import("./rebalance.js")).rebalanceCommand,
  },
  {
    name: "cordon",
    summary: "Mark node as unschedulable",
    group: cluster,
    load: async () => (await import("./cordon.js")).cordonCommand,
  },
  {
    name: "uncordon",
    summary: "Mark node as schedulable",
    group: cluster,
    load: async () => (await import("./uncordon.js")).uncordonCommand,
  },
  {
    name: "drain",
    summary: "Drain node in preparation for maintenance",
    group: cluster,
    load: async () => (await import("./drain.js")).drainCommand,
  },
  {
    name: "taint",
    summary: "Update the taints on one or more nodes",
    group: cluster,
    load: async () => (await import("./taint.js")).taintCommand,
  },
  {
    name: "describe",
    summary: "Show details of a specific resource or group of resources",
    group: troubleshooting,
    load: async () => (await import("./describe.js")).describeCommand,
  },
  {
    name: "logs",
    summary: "Print the logs for a container in a pod",
    group: troubleshooting,
    load: async () => (await import("./logs.js")).logsCommand,
  },
  {
    name: "attach",
    summary: "Attach to a running container",
    group: troubleshooting,
    load: async () => (await import("./attach.js")).attachCommand,
  },
  {
    name: "exec",
    summary: "Execute a command in a container",
    group: troubleshooting,
    load: async () => (await import("./exec.js")).execCommand,
  },
  {
    name: "port-forward",
    summary: "Forward one or more local ports to a pod",
    group: troubleshooting,
    load: async () => (await import("./port-forward.js")).portForwardCommand,
  },
  {
    name: "cp",
    summary: "Copy files and directories to and from containers",
    group: troubleshooting,
    load: async () => (await import("./cp.js")).cpCommand,
  },
  {
    name: "debug",
    summary: "Look at pods and nodes from a container made for it",
    group: troubleshooting,
    load: async () => (await import("./debug.js")).debugCommand,
  },
  {
    name: "events",
    summary: "List events",
    group: troubleshooting,
    load: async () => (await import("./events.js")).eventsCommand,
  },
  {
    name: "why",
    summary: "Say why an object is as it is, and what would change that",
    group: troubleshooting,
    load: async () => (await import("./why.js")).whyCommand,
  },
  {
    name: "tree",
    summary: "Show which objects belong to which",
    group: troubleshooting,
    load: async () => (await import("./tree.js")).treeCommand,
  },
  {
    name: "diff",
    summary: "Show what apply would change",
    group: advanced,
    load: async () => (await import("./diff.js")).diffCommand,
  },
  {
    name: "apply",
    summary: "Apply a configuration to a resource by file name or stdin",
    group: advanced,
    load: async () => (await import("./apply.js")).applyCommand,
  },
  {
    name: "patch",
    summary: "Change fields of objects",
    group: advanced,
    load: async () => (await import("./patch.js")).patchCommand,
  },
  {
    name: "replace",
    summary: "Put manifests in the place of stored objects",
    group: advanced,
    load: async () => (await import("./replace.js")).replaceCommand,
  },
  {
    name: "wait",
    summary: "Wait for a specific condition on one or many resources",
    group: advanced,
    load: async () => (await import("./wait.js")).waitCommand,
  },
  {
    name: "label",
    summary: "Set and remove labels of objects",
    group: settings,
    load: async () => (await import("./label.js")).labelCommand,
  },
  {
    name: "annotate",
    summary: "Set and remove annotations of objects",
    group: settings,
    load: async () => (await import("./annotate.js")).annotateCommand,
  },
  {
    name: "api-resources",
    summary: "Print the kinds that the server has",
    group: other,
    load: async () => (await import("./api-resources.js")).apiResourcesCommand,
  },
  {
    name: "api-versions",
    summary: "Print the groups and versions that the server has",
    group: other,
    load: async () => (await import("./api-versions.js")).apiVersionsCommand,
  },
  {
    name: "config",
    summary: "Show and change the howbeconfig",
    group: other,
    load: async () => (await import("./config.js")).configCommand,
  },
  {
    name: "version",
    summary: "Print the client and server version information",
    group: other,
    load: async () => (await import("./version.js")).versionCommand,
  },
];
