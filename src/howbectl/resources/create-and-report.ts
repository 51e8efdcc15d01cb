import type { JsonObject } from "../../api/codec/json-values.js";
import { apiVersionOf } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { CliEnv } from "../cli-env.js";
import type { WriteFlags } from "../flags/write-flags.js";
import { objectAt, stringAt } from "../manifests/json-fields.js";
import { withLastAppliedRecord } from "../manifests/last-applied.js";
import { createObject } from "./object-calls.js";
import { Reporter } from "./report.js";

/** An object to be created, as JSON. */
export interface NewObject {
  readonly kind: Kind;
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  readonly json: JsonObject;
  /** What is said once it is there; "created" unless given. */
  readonly outcome?: string;
}

/** Flags of commands that create objects. */
export interface CreateFlags extends WriteFlags {
  /** Record the manifest on the object, for a later apply. */
  readonly saveConfig?: boolean;
}

/** Creates an object and says so, or prints it with `-o`; with `--dry-run=client` it is only printed. */
export async function createAndReport(
  { kind, namespace, json, outcome = "created" }: NewObject,
  flags: CreateFlags,
  env: CliEnv,
  reporter = new Reporter(flags, env),
): Promise<void> {
  const named = { ...json, apiVersion: apiVersionOf(kind), kind: kind.kind };
  const wanted = flags.saveConfig === true ? withLastAppliedRecord(named) : named;
  if (flags.dryRun === "client") {
    const name = stringAt(objectAt(json, "metadata"), "name") ?? "";
    await reporter.json({ kind, name, json: wanted }, "created");
    return;
  }
  const object = await createObject({ kind, namespace }, wanted, flags, env);
  await reporter.object({ kind, object }, outcome);
}
