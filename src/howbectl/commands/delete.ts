import { Command } from "commander";
import { isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { keyOf, type ObjectKey } from "../../api/object.js";
import { isAbort, throwIfAborted } from "../../base/abort.js";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { CliEnv } from "../cli-env.js";
import { deadlineSignal } from "../deadline-signal.js";
import { errorText } from "../error-text.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { oneOf, parseDurationMs, parseInteger } from "../flags/parse-flag.js";
import { type DryRun, dryRunSuffix } from "../flags/write-flags.js";
import { namespaceOf } from "../manifests/for-each-manifest.js";
import { parseManifests } from "../manifests/manifest.js";
import { readManifestFiles } from "../manifests/manifest-files.js";
import { pluralName, qualifiedName, qualifiedType } from "../resources/kind-lookup.js";
import { deleteObject } from "../resources/object-calls.js";
import { parseResourceArguments, type ResourceArguments } from "../resources/resource-arguments.js";
import { addSelectionFlags, keyFor, type SelectionFlags, selectionOf } from "../resources/selection-flags.js";
import { type Doomed, waitUntilGone } from "../resources/wait-until-gone.js";
import { CommandFailure, UsageError } from "../usage-error.js";

interface DeleteFlags extends FileFlags, SelectionFlags {
  readonly all?: boolean;
  readonly gracePeriod: number;
  readonly force?: boolean;
  readonly now?: boolean;
  readonly cascade: "background" | "foreground" | "orphan";
  readonly ignoreNotFound?: boolean;
  readonly wait: boolean;
  readonly timeout: number;
  readonly dryRun: DryRun;
  readonly output?: "name";
}

export const deleteCommand = (env: CliEnv): Command =>
  addSelectionFlags(addFileFlags(new Command("delete")))
    .argument("[what...]", "TYPE[,TYPE...], TYPE NAME..., or TYPE/NAME...")
    .option("--all", "all objects of the types given, in the namespace")
    .option("--grace-period <seconds>", "time that the object gets to end by itself; negative: its own", parseInteger, -1)
    .option("--force", "remove the object at once, without waiting for its containers to have ended")
    .option("--now", "the same as --grace-period=1")
    .option(
      "--cascade <strategy>",
      "what becomes of dependents: background, foreground or orphan",
      oneOf("background", "foreground", "orphan"),
      "background",
    )
    .option("--ignore-not-found", "an object that does not exist counts as deleted")
    .option("--no-wait", "return as soon as deletion has begun (also --wait=false)")
    .option("--timeout <duration>", "how long to wait until objects are gone; 0: for ever", parseDurationMs, 0)
    .option("--dry-run <strategy>", 'must be "none", "client" or "server"', oneOf<DryRun>("none", "client", "server"), "none")
    .option("-o, --output <format>", "name: print kind/name only", oneOf("name"))
    .action((words: string[], flags: DeleteFlags) => deleteObjects(words, flags, env));

/** Deletes objects, and by default waits until they are gone. One that cannot be deleted does not spare the others. */
export async function deleteObjects(words: readonly string[], flags: DeleteFlags, env: CliEnv): Promise<void> {
  const { victims, failures } = flags.filename === undefined ? await named(words, flags, env) : await fromFiles(flags, env);
  if (victims.length === 0 && failures.length === 0) env.out.line("No resources found");
  if (flags.force === true) {
    env.err.line(
      "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.",
    );
  }
  const options = deleteOptions(flags);
  const doomed: Doomed[] = [];
  for (const { kind, key } of victims) {
    try {
      const left = await deleteOne(kind, key, { flags, options, env });
      if (left !== undefined) doomed.push(left);
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
      if (flags.ignoreNotFound !== true && flags.all !== true) failures.push(errorText(error, whenDeleting(flags)));
    }
  }
  if (flags.wait && flags.dryRun === "none") await waitFor(doomed, flags, env);
  if (failures.length > 0) throw new CommandFailure(failures.join("\n"));
}

const whenDeleting = (flags: DeleteFlags): string | undefined =>
  flags.filename === undefined ? undefined : `error when deleting "${flags.filename.join(",")}"`;

interface Victim {
  readonly kind: Kind;
  readonly key: ObjectKey;
}

interface Victims {
  readonly victims: readonly Victim[];
  readonly failures: string[];
}

async function named(words: readonly string[], flags: DeleteFlags, env: CliEnv): Promise<Victims> {
  const what: ResourceArguments = parseResourceArguments(words);
  const selects = flags.selector !== undefined || flags.fieldSelector !== undefined;
  if (flags.all === true && flags.selector !== undefined) throw new UsageError("cannot set --all and --selector at the same time");
  if (what.form === "targets") {
    if (flags.all === true || selects) throw new UsageError("name cannot be provided when a selector is specified");
    return {
      victims: await Promise.all(what.targets.map(async ({ kind, name }) => ({ kind, key: await keyFor(kind, name, env) }))),
      failures: [],
    };
  }
  if (flags.all !== true && !selects) throw new UsageError("resource(s) were provided, but no name was specified");
  const client = await env.client();
  const victims: Victim[] = [];
  for (const kind of what.kinds) {
    const list = await client.of(kind).list({ ...(await selectionOf(kind, flags, env)), signal: env.signal });
    victims.push(...list.items.map((object) => ({ kind, key: keyOf(object) })));
  }
  return { victims, failures: [] };
}

async function fromFiles(flags: DeleteFlags, env: CliEnv): Promise<Victims> {
  const victims: Victim[] = [];
  const failures: string[] = [];
  for (const parsed of (await readManifestFiles(flags.filename ?? [], env, flags.recursive)).flatMap(parseManifests)) {
    if ("error" in parsed) failures.push(errorText(parsed.error));
    else {
      const { manifest } = parsed;
      victims.push({ kind: manifest.kind, key: { namespace: await namespaceOf(manifest, env), name: manifest.name } });
    }
  }
  return { victims, failures };
}

function deleteOptions(flags: DeleteFlags): Partial<DeleteOptions> {
  const propagationPolicy = { background: "Background", foreground: "Foreground", orphan: "Orphan" }[flags.cascade];
  return {
    propagationPolicy,
    ...(flags.dryRun === "server" ? { dryRun: ["All"] } : {}),
    ...(graceSeconds(flags) < 0 ? {} : { gracePeriodSeconds: graceSeconds(flags) }),
  };
}

/** As kubectl: only --force may ask for no grace at all, since containers then run on after their pod is gone. */
function graceSeconds({ gracePeriod, force, now }: DeleteFlags): number {
  if (force === true) return gracePeriod < 0 ? 0 : gracePeriod;
  if (now === true || gracePeriod === 0) return 1;
  return gracePeriod;
}

interface DeleteContext {
  readonly flags: DeleteFlags;
  readonly options: Partial<DeleteOptions>;
  readonly env: CliEnv;
}

/** @returns what is to be waited for, or undefined when it is gone already */
async function deleteOne(kind: Kind, key: ObjectKey, { flags, options, env }: DeleteContext): Promise<Doomed | undefined> {
  const answer = flags.dryRun === "client" ? undefined : await deleteObject({ kind, key }, options, env);
  if (flags.output === "name") env.out.line(qualifiedName(kind, key.name));
  else {
    const verb = flags.force === true ? "force deleted" : "deleted";
    const place = key.namespace === "" ? "" : ` from ${key.namespace} namespace`;
    env.out.line(`${qualifiedType(kind)} "${key.name}" ${verb}${place}${dryRunSuffix(flags.dryRun)}`);
  }
  return answer === undefined || answer.deleted ? undefined : { kind, key, uid: answer.object.metadata.uid };
}

async function waitFor(doomed: readonly Doomed[], flags: DeleteFlags, env: CliEnv): Promise<void> {
  if (doomed.length === 0) return;
  const deadline = deadlineSignal(flags.timeout === 0 ? undefined : flags.timeout, env);
  try {
    await waitUntilGone(await env.client(), doomed, deadline.signal);
  } catch (error: unknown) {
    if (!isAbort(error)) throw error;
    throwIfAborted(env.signal);
    const lines = doomed.map(({ kind, key }) => `error: timed out waiting for the condition on ${pluralName(kind, key.name)}`);
    throw new CommandFailure(lines.join("\n"));
  } finally {
    deadline.cancel();
  }
}
