import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../api/codec/json-values.js";
import { type ApiError, isApiError, isBadRequest, isInvalid, isNotFound } from "../../api/errors.js";
import { threeWayPatch } from "../../api/patch/three-way.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import { editorCommand, openEditor } from "../editor.js";
import { concernsOneObject } from "../failures.js";
import type { WriteFlags } from "../flags/write-flags.js";
import { isObject } from "../manifests/json-fields.js";
import { lastAppliedText, withLastAppliedRecord } from "../manifests/last-applied.js";
import { CommandFailure } from "../usage-error.js";
import { type EditProblem, editHeader, editText, parseEdited, withoutComments } from "./edit-text.js";
import type { FoundObject } from "./found-objects.js";
import { qualifiedName } from "./kind-lookup.js";
import { patchObject } from "./object-calls.js";
import { withoutManagedFields } from "./without-managed-fields.js";

/** Whether objects are edited as YAML or as JSON. */
export type EditFormat = "yaml" | "json";

interface SessionFlags extends Pick<WriteFlags, "validate" | "fieldManager"> {
  readonly output: EditFormat;
  readonly saveConfig?: boolean;
  readonly subresource?: string;
}

/** An object with the JSON that was shown of it. */
interface Shown extends FoundObject {
  readonly shown: JsonObject;
}

/**
 * One edit: the file is opened again, with the reasons at its top, until what it says is taken, or nothing more is
 * changed. What was not taken stays in a file that the user is told of.
 */
export class EditSession {
  private readonly objects: readonly Shown[];
  /** What needs no more of the file, though it goes on holding it. */
  private readonly done = new Set<Shown>();
  private problems: EditProblem[] = [];
  /** What the user must still be told of: changes that are only in the file. */
  private lost = 0;

  constructor(
    found: readonly FoundObject[],
    private readonly flags: SessionFlags,
    private readonly env: CliEnv,
  ) {
    this.objects = found.map((object) => ({ ...object, shown: withoutManagedFields(object.json) }));
  }

  async run(): Promise<void> {
    const { env, flags } = this;
    const editor = editorCommand(env);
    const directory = await env.files.makeTemporaryDirectory();
    const path = `${directory}/howbectl-edit.${flags.output}`;
    let body = editText(
      flags.output,
      this.objects.map(({ shown }) => shown),
    );
    for (;;) {
      await env.files.write(path, editHeader(this.problems) + body);
      await this.open(editor, path, directory);
      const edited = withoutComments(await env.files.read(path));
      if (edited.trim() === "" || edited === body) return await this.cancel(edited === body, directory, path);
      body = edited;
      await this.take(edited);
      if (this.problems.length === 0) break;
    }
    if (this.lost === 0) return await env.files.remove(directory);
    throw new CommandFailure(
      `The edits you made have been saved to "${path}"\nYou can run \`howbectl replace -f ${path}\` to try this update again.`,
    );
  }

  /** What the user has not changed yet is not worth keeping when the editor fails. */
  private async open(editor: ReturnType<typeof editorCommand>, path: string, directory: string): Promise<void> {
    try {
      await openEditor(editor, path, this.env);
    } catch (error: unknown) {
      if (this.problems.length === 0) await this.env.files.remove(directory);
      throw error;
    }
  }

  private async cancel(isUnchanged: boolean, directory: string, path: string): Promise<void> {
    const { env } = this;
    if (this.problems.length > 0) {
      throw new CommandFailure(`error: Edit cancelled, no valid changes were saved.\nA copy of your changes has been stored to "${path}"`);
    }
    await env.files.remove(directory);
    env.err.line(isUnchanged ? "Edit cancelled, no changes made." : "Edit cancelled, saved file was empty.");
  }

  /** Sends every object that the text has changed; those that are refused are left to be edited again. */
  private async take(text: string): Promise<void> {
    this.problems = [];
    const parsed = parseEdited(text);
    if ("problem" in parsed) {
      this.problems.push(parsed.problem);
      return;
    }
    const matched = this.objects.map((object) => this.editedOf(object, parsed.objects));
    if (parsed.objects.some((edited) => !matched.includes(edited))) this.problems.push(renamed);
    for (const [index, object] of this.objects.entries()) {
      const edited = matched[index];
      // An object that was taken out of the file is left alone.
      if (edited !== undefined && !this.done.has(object) && (await this.send(object, edited))) this.done.add(object);
    }
  }

  /** Of several, one is known by its kind, namespace and name; one alone by being alone. */
  private editedOf({ shown }: Shown, edited: readonly JsonObject[]): JsonObject | undefined {
    return this.objects.length === 1 ? edited[0] : edited.find((candidate) => identityOf(candidate) === identityOf(shown));
  }

  /** @returns whether there is nothing more to do about it */
  private async send(object: Shown, edited: JsonObject): Promise<boolean> {
    const { kind, key, shown } = object;
    const { env, flags } = this;
    if (isDeepStrictEqual(edited, shown)) {
      env.out.line(`${qualifiedName(kind, key.name)} skipped`);
      return true;
    }
    if (identityOf(edited) !== identityOf(shown)) {
      this.problems.push(renamed);
      return false;
    }
    const recorded = flags.saveConfig === true || lastAppliedText(edited) !== undefined ? withLastAppliedRecord(edited) : edited;
    const patch = threeWayPatch(kind.typeName, shown, recorded, shown);
    try {
      const place = { kind, key, subresource: flags.subresource };
      await patchObject(place, { type: PatchType.STRATEGIC_MERGE, patch }, { ...flags, dryRun: "none" }, env);
      env.out.line(`${qualifiedName(kind, key.name)} edited`);
      return true;
    } catch (error: unknown) {
      if (!isApiError(error) || !concernsOneObject(error)) throw error;
      return this.judge(object, error);
    }
  }

  private judge({ kind, key }: Shown, error: ApiError): boolean {
    const name = `${kind.plural} "${key.name}"`;
    if (isInvalid(error) || isBadRequest(error)) {
      const details = error.causes.map(({ path, message }) => `${path}: ${message}`);
      this.problems.push({ head: `${name} was not valid`, details: details.length === 0 ? [error.message] : details });
      this.env.err.line(`error: ${name} is invalid`);
      return false;
    }
    this.lost += 1;
    const { message } = error;
    this.env.err.line(`error: ${name} could not be ${isNotFound(error) ? "found on the server" : `patched: ${message}`}`);
    return true;
  }
}

const renamed: EditProblem = { head: "At least one of apiVersion, kind and name was changed", details: [] };

function identityOf({ apiVersion, kind, metadata }: JsonObject): string {
  const { namespace, name } = isObject(metadata) ? metadata : {};
  return JSON.stringify([apiVersion, kind, namespace, name]);
}
