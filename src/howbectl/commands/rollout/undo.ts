import { Command } from "commander";
import { objectToJson } from "../../../api/codec/json.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import type { Whole } from "../../../api/object.js";
import { PatchType } from "../../../gen/howbernetes/api/v1/resources.js";
import type { Deployment } from "../../../gen/howbernetes/apps/v1/deployment.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { parseInteger } from "../../flags/parse-flag.js";
import { addWriteFlags, dryRunSuffix, type WriteFlags } from "../../flags/write-flags.js";
import { podTemplateText } from "../../printers/describe/pod-template.js";
import type { KindObject } from "../../printers/object-format.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "../../resources/found-objects.js";
import { qualifiedName } from "../../resources/kind-lookup.js";
import { patchObject, readObject } from "../../resources/object-calls.js";
import { Reporter } from "../../resources/report.js";
import { addWorkloadFlags, sayIfNone, workloadFlags } from "../../rollouts/find-workloads.js";
import { isAt, type Revision, rolloutHistory } from "../../rollouts/rollout-history.js";
import { UsageError } from "../../usage-error.js";

interface UndoFlags extends FindFlags, WriteFlags {
  readonly toRevision: number;
}

export const rolloutUndoCommand = (env: CliEnv): Command =>
  addExamples(
    addWriteFlags(addWorkloadFlags(new Command("undo")), "howbectl-rollout")
      .description("Go back to what was rolled out before")
      .option("--to-revision <number>", "the revision to go back to; 0: the one before the present", parseInteger, 0)
      .action(async (words: string[], flags: UndoFlags) => {
        const reporter = new Reporter(flags, env);
        const count = await forEachFoundObject(words, workloadFlags(words, flags), env, (found) => undo(found, flags, env, reporter));
        await sayIfNone(count, env);
      }),
    ["Go back to the rollout before", "rollout undo deployment/web"],
    ["Go back to the third, having seen what that would be", "rollout undo deployment/web --to-revision=3 --dry-run=server"],
  );

async function undo({ kind, key }: FoundObject, flags: UndoFlags, env: CliEnv, reporter: Reporter): Promise<void> {
  const workload = await readObject({ kind, key }, env);
  const revision = chooseRevision(workload, await rolloutHistory(workload, await env.client(), env.signal), flags.toRevision);
  if (flags.dryRun === "client") {
    if (flags.output === undefined) return env.out.line(preview(workload, revision));
    return await reporter.object(workload, "rolled back");
  }
  if (isPaused(workload)) {
    throw new UsageError(
      `you cannot rollback a paused deployment; resume it first with 'howbectl rollout resume deployment/${key.name}' and try again`,
    );
  }
  const skipped = `skipped rollback (current template already matches revision ${revision.number})`;
  if (isAt(workload, revision)) return await reporter.object(workload, skipped);
  const patched = await patchObject({ kind, key }, { type: PatchType.STRATEGIC_MERGE, patch: revision.patch }, flags, env);
  await reporter.json({ kind, name: key.name, json: objectToJson(patched.kind, patched.object) }, "rolled back");
}

/** @throws UsageError when there is no such revision, or none to go back to */
function chooseRevision({ kind, object }: KindObject, history: readonly Revision[], wanted: number): Revision {
  const isDeployment = kind.typeName === deploymentKind.typeName;
  if (wanted === 0) {
    const previous = history.at(-2);
    if (previous !== undefined) return previous;
    throw new UsageError(
      isDeployment ? `no rollout history found for deployment "${object.metadata.name}"` : "no last revision to roll back to",
    );
  }
  const found = history.find(({ number }) => number === wanted);
  if (found === undefined) throw new UsageError(`unable to find specified revision ${wanted} in history`);
  return found;
}

function isPaused({ kind, object }: KindObject): boolean {
  return kind.typeName === deploymentKind.typeName && (object as Whole<Deployment>).spec.paused === true;
}

function preview({ kind, object }: KindObject, { template }: Revision): string {
  const lead = kind.typeName === deploymentKind.typeName ? "" : "will roll back to ";
  return `${qualifiedName(kind, object.metadata.name)} ${lead}${podTemplateText(template)}${dryRunSuffix("client")}`;
}
