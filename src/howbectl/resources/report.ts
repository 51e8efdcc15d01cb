import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { CliEnv } from "../cli-env.js";
import { type DryRun, dryRunSuffix } from "../flags/write-flags.js";
import { formatJson, isTemplate, type KindObject, type OutputFlags } from "../printers/object-format.js";
import { qualifiedName } from "./kind-lookup.js";

/** An object that something was done with: the server's answer, or what would be sent. */
export interface Reported {
  readonly kind: Kind;
  readonly name: string;
  readonly json: JsonObject;
}

/** Tells what a command does with objects, one after the other, in the way that its flags ask for. */
export class Reporter {
  private printed = 0;

  constructor(
    private readonly flags: OutputFlags & { readonly dryRun?: DryRun },
    private readonly env: CliEnv,
  ) {}

  /** As `json`, of an object that the server sent. */
  async object({ kind, object }: KindObject, done: string): Promise<void> {
    await this.json({ kind, name: object.metadata.name, json: objectToJson(kind, object) }, done);
  }

  /** Says what was done, as "pod/web created (dry run)", or prints the object with `-o`. */
  async json({ kind, name, json }: Reported, done: string): Promise<void> {
    const { output, dryRun = "none", showManagedFields } = this.flags;
    const { out } = this.env;
    if (output === undefined) out.line(`${qualifiedName(kind, name)} ${done}${dryRunSuffix(dryRun)}`);
    else if (output === "name") out.line(qualifiedName(kind, name));
    else {
      const text = formatJson(output, json, showManagedFields);
      if (isTemplate(output)) await out.bytes(Buffer.from(text));
      else out.line(output === "yaml" && this.printed > 0 ? `---\n${text}` : text);
    }
    this.printed += 1;
  }
}
