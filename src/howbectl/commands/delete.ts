import { Command } from "commander";
import { isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { keyOf, type ObjectKey } from "../../api/object.js";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { CliEnv } from "../cli-env.js";
import { Failures } from "../failures.js";
import { addDeleteFlags, type DeleteHowFlags, deleteOptionsOf } from "../flags/delete-flags.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { addDryRunFlag, type DryRun } from "../flags/write-flags.js";
import { errorWhen, nameOf, namespaceOf } from "../manifests/for-each-manifest.js";
import { parseManifests } from "../manifests/manifest.js";
import { readManifestFiles } from "../manifests/manifest-files.js";
import { awaitDeletion, deletionMessage } from "../resources/deletion.js";
import { qualifiedName } from "../resources/kind-lookup.js";
import { deleteObject } from "../resources/object-calls.js";
import { parseResourceArguments, whatHint } from "../resources/resource-arguments.js";
import { addSelectionFlags, keyFor, type SelectionFlags, selectionOf } from "../resources/selection-flags.js";
import type { Doomed } from "../resources/wait-until-gone.js";
import { UsageError } from "../usage-error.js";

interface DeleteFlags extends FileFlags, SelectionFlags, DeleteHowFlags {
  readonly all?: boolean;
  readonly now?: boolean;
  readonly ignoreNotFound?: boolean;
  readonly wait: boolean;
  readonly dryRun: DryRun;
  readonly output?: "name";
}

export const deleteCommand = (env: CliEnv): Command =>
  addDryRunFlag(addDeleteFlags(addSelectionFlags(addFileFlags(new Command("delete")))))
    .argument("[what...]", "TYPE[,TYPE...], TYPE NAME..., or TYPE/NAME...")
    .option("--all", "all objects of the types given, in the namespace")
    .option("--force", "remove the object at once, without waiting for its containers to have ended")
    .option("--now", "the same as --grace-period=1")
    .option("--ignore-not-found", "an object that does not exist counts as deleted")
    .option("--no-wait", "return as soon as deletion has begun (also --wait=false)")
    .option("-o, --output <format>", "name: print kind/name only", parseNameOnly)
    .action((words: string[], flags: DeleteFlags) => deleteObjects(words, flags, env));

function parseNameOnly(text: string): "name" {
  if (text === "name") return text;
  throw new UsageError(`unexpected -o output mode: ${text}. We only support '-o name'`);
}

/** Deletes objects, and by default waits until they are gone. One that cannot be deleted does not spare the others. */
export async function deleteObjects(words: readonly string[], flags: DeleteFlags, env: CliEnv): Promise<void> {
  checkFlags(flags);
  const failures = new Failures();
  const victims = flags.filename === undefined ? await named(words, flags, env) : await fromFiles(words, flags, failures, env);
  if (victims.length === 0 && failures.isEmpty && flags.output !== "name") env.out.line("No resources found");
  if (flags.force === true) {
    env.err.line(
      "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.",
    );
  }
  const options = deleteOptionsOf(flags.cascade, graceSeconds(flags), flags.dryRun === "server");
  const doomed: Doomed[] = [];
  for (const victim of victims) {
    await failures.attempt(async () => {
      const left = await deleteOne(victim, { flags, options, env });
      if (left !== undefined) doomed.push(left);
    }, victim.doing);
  }
  if (flags.wait && flags.dryRun === "none") await awaitDeletion(doomed, flags.timeout === 0 ? undefined : flags.timeout, env);
  failures.throwIfAny();
}

function checkFlags({ now, gracePeriod, force, all, selector }: DeleteFlags): void {
  if (now === true && gracePeriod !== -1) throw new UsageError("--now and --grace-period cannot be specified together");
  if (force === true && gracePeriod > 0) throw new UsageError("--force and --grace-period greater than 0 cannot be specified together");
  if (all === true && selector !== undefined) throw new UsageError("cannot set --all and --selector at the same time");
}

interface Victim {
  readonly kind: Kind;
  readonly key: ObjectKey;
  /** What to call it when it fails; undefined: nothing. */
  readonly doing?: string;
}

async function named(words: readonly string[], flags: DeleteFlags, env: CliEnv): Promise<readonly Victim[]> {
  if (words.length === 0) throw new UsageError("You must provide one or more resources by argument or filename.", whatHint);
  const what = parseResourceArguments(words);
  const selects = flags.selector !== undefined || flags.fieldSelector !== undefined;
  if (what.form === "targets") {
    if (flags.all === true || selects) throw new UsageError("name cannot be provided when a selector is specified");
    if (flags.allNamespaces === true) throw new UsageError("a resource cannot be retrieved by name across all namespaces");
    return await Promise.all(what.targets.map(async ({ kind, name }) => ({ kind, key: await keyFor(kind, name, env) })));
  }
  if (flags.all !== true && !selects) throw new UsageError("resource(s) were provided, but no name was specified");
  const client = await env.client();
  const victims: Victim[] = [];
  for (const kind of what.kinds) {
    const list = await client.of(kind).list({ ...(await selectionOf(kind, flags, env)), signal: env.signal });
    victims.push(...list.items.map((object) => ({ kind, key: keyOf(object) })));
  }
  return victims;
}

async function fromFiles(words: readonly string[], flags: DeleteFlags, failures: Failures, env: CliEnv): Promise<readonly Victim[]> {
  if (words.length > 0)
    throw new UsageError("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well");
  const victims: Victim[] = [];
  for (const parsed of (await readManifestFiles(flags.filename ?? [], env, flags.recursive)).flatMap(parseManifests)) {
    if ("error" in parsed) failures.add(parsed.error);
    else {
      const { manifest } = parsed;
      await failures.attempt(async () => {
        const key = { namespace: await namespaceOf(manifest, env), name: nameOf(manifest) };
        victims.push({ kind: manifest.kind, key, doing: errorWhen("deleting", manifest) });
      });
    }
  }
  return victims;
}

/** As kubectl: only --force may ask for no grace at all, since containers then run on after their pod is gone. */
function graceSeconds({ gracePeriod, force, now }: DeleteFlags): number {
  if (force === true) return 0;
  if (now === true || gracePeriod === 0) return 1;
  return gracePeriod;
}

interface DeleteContext {
  readonly flags: DeleteFlags;
  readonly options: Partial<DeleteOptions>;
  readonly env: CliEnv;
}

/** @returns what is to be waited for, or undefined when it is gone already */
async function deleteOne({ kind, key }: Victim, { flags, options, env }: DeleteContext): Promise<Doomed | undefined> {
  try {
    const answer = flags.dryRun === "client" ? undefined : await deleteObject({ kind, key }, options, env);
    const message = deletionMessage(kind, key, { force: flags.force === true, dryRun: flags.dryRun });
    env.out.line(flags.output === "name" ? qualifiedName(kind, key.name) : message);
    return answer === undefined || answer.deleted ? undefined : { kind, key, uid: answer.object.metadata.uid };
  } catch (error: unknown) {
    // What was selected may have gone since.
    const isFine = flags.ignoreNotFound === true || flags.all === true || flags.selector !== undefined || flags.fieldSelector !== undefined;
    if (isFine && isNotFound(error)) return undefined;
    throw error;
  }
}
