import type { Command } from "commander";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags } from "../flags/file-flags.js";
import type { FindFlags } from "../resources/found-objects.js";
import { parseResourceArguments } from "../resources/resource-arguments.js";
import { UsageError } from "../usage-error.js";

const rolledOut: ReadonlySet<string> = new Set([deploymentKind, daemonSetKind, statefulSetKind].map(({ typeName }) => typeName));

/** Adds what every `rollout` command takes to say which workloads are meant. */
export function addWorkloadFlags(command: Command): Command {
  return addFileFlags(command)
    .argument("[what...]", "TYPE NAME..., TYPE/NAME..., or TYPE alone for all in the namespace")
    .option("-l, --selector <query>", "only objects whose labels match, as app=web,tier!=db");
}

/**
 * The flags by which the workloads are found: unlike elsewhere, a type alone means all of it.
 *
 * @throws UsageError when nothing is named, or a whole type of which no object has rollouts
 */
export function workloadFlags<Flags extends FindFlags>(words: readonly string[], flags: Flags): Flags {
  if (flags.filename !== undefined) return flags;
  if (words.length === 0) throw new UsageError("required resource not specified");
  const what = parseResourceArguments(words);
  if (what.form === "targets") return flags;
  const other = what.kinds.find(({ typeName }) => !rolledOut.has(typeName));
  if (other !== undefined) throw new UsageError(`${other.plural} have no rollouts; deployments, daemonsets and statefulsets have`);
  return flags.selector === undefined ? { ...flags, all: true } : flags;
}

/** Says that there was nothing, if there was. */
export async function sayIfNone(count: number, env: CliEnv): Promise<void> {
  if (count === 0) env.err.line(`No resources found in ${await env.namespace()} namespace.`);
}
