import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { threeWayPatch } from "../../api/patch/three-way.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import type { WriteFlags } from "../flags/write-flags.js";
import type { UsageError } from "../usage-error.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "./found-objects.js";
import { patchObject } from "./object-calls.js";
import { Reporter } from "./report.js";

/** What a command makes of each object that it is told of. */
export interface ObjectChange {
  /** As "image updated". */
  readonly outcome: string;
  /** The object as it is to be. @throws UsageError when it cannot be made so */
  apply(found: FoundObject): JsonObject;
  /** What is wrong when an object is so already; absent: nothing, and nothing is said. */
  whenUnchanged?(found: FoundObject): UsageError;
}

export type ChangeFlags = FindFlags & WriteFlags;

/**
 * Changes objects, each by a patch of what differs alone, so that what others change meanwhile stays.
 *
 * @returns how many objects there were
 * @throws CommandFailure, after the last one, if any failed
 */
export async function changeObjects(words: readonly string[], change: ObjectChange, flags: ChangeFlags, env: CliEnv): Promise<number> {
  const reporter = new Reporter(flags, env);
  return await forEachFoundObject(words, flags, env, async (found) => {
    const { kind, key, json } = found;
    const wanted = change.apply(found);
    const patch = threeWayPatch(kind.typeName, json, wanted, json);
    if (Object.keys(patch).length === 0) {
      if (change.whenUnchanged !== undefined) throw change.whenUnchanged(found);
      return;
    }
    const isLocal = flags.local === true || flags.dryRun === "client";
    const after = isLocal ? wanted : await send(found, patch, flags, env);
    await reporter.json({ kind, name: key.name, json: after }, change.outcome);
  });
}

async function send({ kind, key }: FoundObject, patch: JsonObject, flags: ChangeFlags, env: CliEnv): Promise<JsonObject> {
  const patched = await patchObject({ kind, key }, { type: PatchType.STRATEGIC_MERGE, patch }, flags, env);
  return objectToJson(patched.kind, patched.object);
}
