import { apiVersionOf } from "../../api/kinds/index.js";
import type { CliEnv } from "../cli-env.js";
import { dryRunSuffix, type WriteFlags } from "../flags/write-flags.js";
import { objectAt, stringAt } from "../manifests/json-fields.js";
import { formatJson, formatObject } from "../printers/object-format.js";
import { createFromJson, type NewObject } from "./create-from-json.js";
import { qualifiedName } from "./kind-lookup.js";

/** Creates an object and says so, or prints it with `-o`; with `--dry-run=client` it is only printed. */
export async function createAndReport(object: Omit<NewObject, "dryRun">, flags: WriteFlags, env: CliEnv): Promise<void> {
  const { kind, json } = object;
  const { dryRun, output } = flags;
  if (dryRun === "client") {
    const name = stringAt(objectAt(json, "metadata"), "name") ?? "";
    if (output === undefined) env.out.line(`${qualifiedName(kind, name)} created${dryRunSuffix(dryRun)}`);
    else if (output === "name") env.out.line(qualifiedName(kind, name));
    else env.out.line(formatJson(output, { ...json, apiVersion: apiVersionOf(kind), kind: kind.kind }));
    return;
  }
  const created = await createFromJson(await env.client(), { ...object, dryRun: dryRun === "server" }, env);
  env.out.line(
    output === undefined
      ? `${qualifiedName(kind, created.metadata.name)} created${dryRunSuffix(dryRun)}`
      : formatObject(output, { kind, object: created }),
  );
}
