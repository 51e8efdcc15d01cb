import { Command, InvalidArgumentError } from "commander";
import { messageToJson } from "../../api/codec/json.js";
import { mostMoves } from "../../api/scheduling/most-moves.js";
import { type PlanRebalanceResponse, type PlanRebalanceResponse_Move, SchedulingService } from "../../gen/howbernetes/api/v1/scheduling.js";
import type { CliEnv } from "../cli-env.js";
import { type DataFormat, parseDataFormat } from "../flags/data-format.js";
import { addExamples } from "../flags/examples.js";
import { parseCount, parseDurationMs } from "../flags/parse-flag.js";
import { addDryRunFlag, type DryRun } from "../flags/write-flags.js";
import { formatJson } from "../printers/object-format.js";
import { assessmentTimeoutMs } from "../rebalance/assessment-timeout.js";
import { movePod } from "../rebalance/move-pod.js";
import { planLines } from "../rebalance/plan-lines.js";
import { CommandFailure, UsageError } from "../usage-error.js";

interface RebalanceFlags {
  readonly dryRun: DryRun;
  readonly yes?: boolean;
  readonly threshold: number;
  readonly maxMoves: number;
  readonly timeout: number;
  readonly output?: DataFormat;
}

export const rebalanceCommand = (env: CliEnv): Command =>
  addExamples(
    addDryRunFlag(new Command("rebalance"))
      .option("--yes", "move pods: evict one after the other, each once the one before is ready elsewhere")
      .option("--threshold <percent>", "move pods off nodes of which so much more is requested than of all on average", parsePercent, 20)
      .option("--max-moves <count>", "how many pods to move at most", parseMoves, 100)
      .option("--timeout <duration>", "how long to wait for the replacement of each pod to be ready, as 5m", parseDurationMs, 300_000)
      .option("-o, --output <format>", "with --dry-run: print the plan as json or yaml", parseDataFormat)
      .action((flags: RebalanceFlags) => rebalance(flags, env)),
    ["See which pods would be moved, and how even the nodes would be then", "rebalance --dry-run"],
    ["Move them, one after the other", "rebalance --yes"],
    ["Move pods off nodes that are 10 percent above the mean, five at most", "rebalance --yes --threshold=10 --max-moves=5"],
  );

/** Moves pods off overfull nodes, as the scheduler plans it; a budget that does not allow a move does not keep others from theirs. */
export async function rebalance(flags: RebalanceFlags, env: CliEnv): Promise<void> {
  const isDryRun = flags.dryRun !== "none";
  if (isDryRun === (flags.yes === true)) throw new UsageError("one of --dry-run and --yes must be given");
  if (flags.output !== undefined && !isDryRun) throw new UsageError("--output needs --dry-run");
  const { threshold: thresholdPercent, maxMoves } = flags;
  const client = await env.client();
  const options = { signal: env.signal, timeoutMs: assessmentTimeoutMs(env) };
  const plan = await client.raw(SchedulingService, "unary").planRebalance({ thresholdPercent, maxMoves }, options);
  if (flags.output !== undefined) {
    env.out.line(formatJson(flags.output, messageToJson("howbernetes.api.v1.PlanRebalanceResponse", plan)));
  } else if (isDryRun) for (const line of planLines(plan)) env.out.line(line);
  else await carryOut(plan, flags.timeout, env);
}

async function carryOut({ moves, remarks }: PlanRebalanceResponse, timeoutMs: number, env: CliEnv): Promise<void> {
  if (moves.length === 0) env.out.line("No pods to move");
  let refused = 0;
  for (const move of moves) if (!(await carryOutMove(move, timeoutMs, env))) refused++;
  for (const remark of remarks) env.err.line(remark);
  if (refused > 0) throw new CommandFailure(`${refused} of ${moves.length} pods could not be moved`);
}

/** @returns false when it was refused */
async function carryOutMove(move: PlanRebalanceResponse_Move, timeoutMs: number, env: CliEnv): Promise<boolean> {
  const { pod, from } = move;
  const [namespace, name] = [pod?.namespace ?? "", pod?.name ?? ""];
  env.out.line(`evicting pod ${namespace}/${name}`);
  const outcome = await movePod(move, timeoutMs, env);
  if (outcome.kind === "refused") {
    env.err.line(`error when evicting pods/"${name}" -n "${namespace}": ${outcome.message}`);
    return false;
  }
  if (outcome.kind === "gone") env.out.line(`pod/${name} has left ${from} already`);
  else {
    const { metadata, spec } = outcome.replacement;
    env.out.line(`pod/${name} evicted, pod/${metadata.name} ready on ${spec.nodeName ?? ""}`);
  }
  return true;
}

/** Not 0: a plan without a bound of its own has the scheduler's. */
function parseMoves(text: string): number {
  const count = parseCount(text);
  if (count < 1 || count > mostMoves) throw new InvalidArgumentError(`"${text}" is not between 1 and ${mostMoves}`);
  return count;
}

function parsePercent(text: string): number {
  const percent = parseCount(text);
  if (percent < 1 || percent > 100) throw new InvalidArgumentError(`"${text}" is not between 1 and 100`);
  return percent;
}
