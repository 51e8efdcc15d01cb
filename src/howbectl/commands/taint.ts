import { Command } from "commander";
import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { isConflict } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import { addValidateFlag, addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { isObject, listAt, objectAt } from "../manifests/json-fields.js";
import { planTaints, type TaintPlan } from "../nodes/plan-taints.js";
import { parseTaintWords, type TaintWords } from "../nodes/taint-words.js";
import { type FoundObject, forEachFoundObject } from "../resources/found-objects.js";
import { kindForWord } from "../resources/kind-lookup.js";
import { patchObject, readObject } from "../resources/object-calls.js";
import { Reporter } from "../resources/report.js";
import { UsageError } from "../usage-error.js";

interface TaintFlags extends WriteFlags {
  readonly selector?: string;
  readonly all?: boolean;
  readonly overwrite?: boolean;
}

export const taintCommand = (env: CliEnv): Command =>
  addExamples(
    addValidateFlag(addWriteFlags(new Command("taint"), "howbectl-taint"))
      .argument("[what...]", "node NAME..., then KEY=VALUE:EFFECT or KEY:EFFECT to set a taint, KEY:EFFECT- or KEY- to remove some")
      .option("-l, --selector <query>", "the nodes whose labels match, as disk=ssd")
      .option("--all", "all nodes")
      .option("--overwrite", "let a taint that has another value be changed")
      .action((words: string[], flags: TaintFlags) => taint(words, flags, env)),
    ["Keep a node for pods that tolerate it", "taint nodes n1 dedicated=db:NoSchedule"],
    ["Give it back", "taint nodes n1 dedicated:NoSchedule-"],
    ["Remove all taints of that key", "taint nodes n1 dedicated-"],
    ["Ask pods to stay away from nodes with a label", "taint node -l disk=hdd slow=:PreferNoSchedule"],
  );

/** Sets and removes taints of nodes. */
export async function taint(words: readonly string[], flags: TaintFlags, env: CliEnv): Promise<void> {
  const parsed = parseTaintWords(words);
  const [type = "", ...names] = parsed.resources;
  if (kindForWord(type).typeName !== nodeKind.typeName) {
    throw new UsageError(`invalid resource type ${type.toLowerCase()}, only node types are supported`);
  }
  const { all = false, selector } = flags;
  if (all && selector !== undefined) throw new UsageError("setting 'all' parameter with a non empty selector is prohibited");
  if (!all && selector === undefined && names.length === 0) {
    throw new UsageError("at least one resource name must be specified since 'all' parameter is not set");
  }
  const reporter = new Reporter(flags, env);
  const chosen = all || selector !== undefined ? ["nodes"] : ["nodes", ...names];
  await forEachFoundObject(chosen, flags, env, async (found) => {
    const { outcome, json } = await taintOne(found, parsed, flags, env);
    await reporter.json({ kind: found.kind, name: found.key.name, json }, outcome);
  });
}

async function taintOne(
  { kind, key, json: seen }: FoundObject,
  words: TaintWords,
  flags: TaintFlags,
  env: CliEnv,
): Promise<{ readonly outcome: TaintPlan["outcome"]; readonly json: JsonObject }> {
  for (let json = seen; ; ) {
    const { taints, outcome } = planTaints(key.name, taintsOf(json), words, flags.overwrite === true);
    if (flags.dryRun === "client") return { outcome, json: { ...json, spec: { ...objectAt(json, "spec"), taints: [...taints] } } };
    // The list is written whole: on another version of the node it would take back what a controller has put there since.
    const { resourceVersion } = objectAt(json, "metadata");
    const patch = { metadata: { resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } };
    try {
      const after = await patchObject({ kind, key }, { type: PatchType.STRATEGIC_MERGE, patch }, flags, env);
      return { outcome, json: objectToJson(after.kind, after.object) };
    } catch (error: unknown) {
      if (!isConflict(error)) throw error;
      const fresh = await readObject({ kind, key }, env);
      json = objectToJson(fresh.kind, fresh.object);
    }
  }
}

function taintsOf(json: JsonObject): readonly JsonObject[] {
  return listAt(objectAt(json, "spec"), "taints").filter(isObject);
}
