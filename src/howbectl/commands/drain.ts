import { Command, Option } from "commander";
import { isApiError } from "../../api/errors.js";
import { parseLabelSelector } from "../../api/selectors/label-selector.js";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import { parseCount, parseDurationMs, parseInteger } from "../flags/parse-flag.js";
import { addDryRunFlag } from "../flags/write-flags.js";
import { setCordoned } from "../nodes/cordon.js";
import type { DrainFlags } from "../nodes/drain-flags.js";
import { asOneText, drainNode } from "../nodes/drain-node.js";
import { findNodes } from "../nodes/find-nodes.js";
import { Reporter } from "../resources/report.js";
import { CommandFailure, UsageError } from "../usage-error.js";

interface DrainCommandFlags extends DrainFlags {
  readonly selector?: string;
  readonly deleteLocalData?: boolean;
}

export const drainCommand = (env: CliEnv): Command =>
  addExamples(
    addDryRunFlag(new Command("drain"))
      .argument("[node...]", "the nodes, as NAME or node/NAME")
      .option("-l, --selector <query>", "the nodes whose labels match, as disk=ssd")
      .option("--pod-selector <query>", "of their pods, only those whose labels match")
      .option("--ignore-daemonsets", "leave pods of DaemonSets where they are")
      .option("--delete-emptydir-data", "also evict pods with emptyDir volumes, whose data is lost then")
      .addOption(new Option("--delete-local-data", "the earlier name of --delete-emptydir-data").hideHelp())
      .option("--force", "also evict pods that nothing will make anew")
      .option("--grace-period <seconds>", "time that each pod gets to end by itself; negative: its own", parseInteger, -1)
      .option("--timeout <duration>", "how long to go on with a node, as 5m; 0: for ever", parseDurationMs, 0)
      .option("--disable-eviction", "delete pods, whatever disruption budgets say")
      .option(
        "--skip-wait-for-delete-timeout <seconds>",
        "do not wait for a pod that should have been gone for longer; 0: wait",
        parseCount,
        0,
      )
      .option("--chunk-size <count>", "how many pods to ask for at a time; 0: all", parseCount, 500)
      .action((words: string[], flags: DrainCommandFlags) => drain(words, withPresentNames(flags, env), env)),
    ["Make all pods leave a node but those of daemon sets", "drain n1 --ignore-daemonsets"],
    ["Also those that nothing will make anew, each within 15 minutes", "drain n1 --force --grace-period=900"],
  );

function withPresentNames(flags: DrainCommandFlags, env: CliEnv): DrainCommandFlags {
  if (flags.deleteLocalData !== true) return flags;
  env.err.line("Flag --delete-local-data has been deprecated, This option is deprecated and will be deleted. Use --delete-emptydir-data.");
  return { ...flags, deleteEmptydirData: true };
}

/** Cordons nodes and makes their pods leave, one node after the other; a failure with one does not spare the others. */
export async function drain(words: readonly string[], flags: DrainCommandFlags, env: CliEnv): Promise<void> {
  checkPodSelector(flags.podSelector);
  const nodes = await findNodes("drain", words, flags.selector, env);
  await setCordoned(nodes, true, flags.dryRun, env);
  const reporter = new Reporter({ dryRun: flags.dryRun }, env);
  const failures = new Map<string, readonly string[]>();
  for (const { kind, key, json } of nodes) {
    const errors = await drainNode(key.name, flags, env);
    if (errors.length === 0) await reporter.json({ kind, name: key.name, json }, "drained");
    else {
      env.err.line(`error: unable to drain node "${key.name}" due to error: ${asOneText(errors)}, continuing command...`);
      failures.set(key.name, errors);
    }
  }
  if (failures.size === 0) return;
  env.err.line(["There are pending nodes to be drained:", ...[...failures.keys()].map((name) => ` ${name}`)].join("\n"));
  const [first, ...others] = [...failures.values()];
  throw new CommandFailure((others.length === 0 ? (first ?? []) : [...failures.values()].map(asOneText)).join("\n"));
}

function checkPodSelector(selector: string | undefined): void {
  try {
    parseLabelSelector(selector ?? "");
  } catch (error: unknown) {
    if (!isApiError(error)) throw error;
    throw new UsageError("--pod-selector=<pod_selector> must be a valid label selector");
  }
}
