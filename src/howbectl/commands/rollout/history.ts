import { Command } from "commander";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { parseInteger } from "../../flags/parse-flag.js";
import { addOutputFlags } from "../../flags/write-flags.js";
import { podTemplateText } from "../../printers/describe/pod-template.js";
import type { OutputFlags } from "../../printers/object-format.js";
import { TableWriter } from "../../printers/table.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "../../resources/found-objects.js";
import { qualifiedName } from "../../resources/kind-lookup.js";
import { readObject } from "../../resources/object-calls.js";
import { Reporter } from "../../resources/report.js";
import { addWorkloadFlags, sayIfNone, workloadFlags } from "../../rollouts/find-workloads.js";
import { type Revision, rolloutHistory } from "../../rollouts/rollout-history.js";
import { UsageError } from "../../usage-error.js";

interface HistoryFlags extends FindFlags, OutputFlags {
  readonly revision: number;
}

export const rolloutHistoryCommand = (env: CliEnv): Command =>
  addExamples(
    addOutputFlags(addWorkloadFlags(new Command("history")))
      .description("Show what was rolled out before")
      .option("--revision <number>", "show what pods of this revision are made of", parseInteger, 0)
      .action((words: string[], flags: HistoryFlags) => showHistory(words, flags, env)),
    ["List the rollouts of a deployment", "rollout history deployment/web"],
    ["See the third, to go back to it perhaps", "rollout history deployment/web --revision=3"],
  );

async function showHistory(words: readonly string[], flags: HistoryFlags, env: CliEnv): Promise<void> {
  if (flags.revision < 0) throw new UsageError(`revision must be a positive integer: ${flags.revision}`);
  const reporter = new Reporter(flags, env);
  const count = await forEachFoundObject(words, workloadFlags(words, flags), env, (found) => showOne(found, flags, env, reporter));
  await sayIfNone(count, env);
}

async function showOne({ kind, key }: FoundObject, flags: HistoryFlags, env: CliEnv, reporter: Reporter): Promise<void> {
  const workload = await readObject({ kind, key }, env);
  const all = await rolloutHistory(workload, await env.client(), env.signal);
  const wanted = flags.revision === 0 ? all : all.filter(({ number }) => number === flags.revision);
  const [only] = wanted;
  if (flags.revision > 0 && only === undefined) throw new UsageError("unable to find the specified revision");
  if (flags.output !== undefined) {
    for (const { record } of wanted) await reporter.object(record, "");
    return;
  }
  const name = qualifiedName(kind, key.name);
  if (flags.revision > 0 && only !== undefined) {
    const { template, changeCause } = only;
    env.out.line(`${name} with revision #${flags.revision}\n${podTemplateText(withChangeCause(template, changeCause))}`);
  } else env.out.line(`${name} \n${listText(all)}`);
}

/** As kubectl has it: a cell is padded to the widest above and below it and two blanks, and a blank line follows. */
function listText(revisions: readonly Revision[]): string {
  if (revisions.length === 0) return "No rollout history found.";
  const rows = revisions.map(({ number, changeCause }) => [String(number), changeCause || "<none>"]);
  const lines = new TableWriter({ minWidth: 0, padding: 2 }).format([["REVISION", "CHANGE-CAUSE"], ...rows]);
  return `${lines.join("\n")}\n`;
}

/** Shown among the template's annotations, where kubectl shows it. */
function withChangeCause(template: Revision["template"], changeCause: string): Revision["template"] {
  if (changeCause === "" || template.metadata === undefined) return template;
  const annotations = { ...template.metadata.annotations, "kubernetes.io/change-cause": changeCause };
  return { ...template, metadata: { ...template.metadata, annotations } };
}
