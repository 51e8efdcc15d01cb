import type { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags } from "../flags/file-flags.js";
import type { FindFlags } from "../resources/found-objects.js";
import { parseResourceArguments } from "../resources/resource-arguments.js";
import { UsageError } from "../usage-error.js";

/** Adds what every `rollout` command takes to say which workloads are meant. */
export function addWorkloadFlags(command: Command): Command {
  return addFileFlags(command)
    .argument("[what...]", "TYPE NAME..., TYPE/NAME..., or TYPE alone for all in the namespace")
    .option("-l, --selector <query>", "only objects whose labels match, as app=web,tier!=db");
}

/**
 * The flags by which the workloads are found: unlike elsewhere, a type alone means all of it.
 *
 * @throws UsageError when nothing is named
 */
export function workloadFlags<Flags extends FindFlags>(words: readonly string[], flags: Flags): Flags {
  if (flags.filename !== undefined) return flags;
  if (words.length === 0) throw new UsageError("required resource not specified");
  if (flags.selector !== undefined || parseResourceArguments(words).form === "targets") return flags;
  return { ...flags, all: true };
}

/** Says that there was nothing, if there was. */
export async function sayIfNone(count: number, env: CliEnv): Promise<void> {
  if (count === 0) env.err.line(`No resources found in ${await env.namespace()} namespace.`);
}
