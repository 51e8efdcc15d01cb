import { Command, Option } from "commander";
import { notFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { isAbort, throwIfAborted } from "../../base/abort.js";
import type { Selection } from "../../client/contracts.js";
import type { CliEnv } from "../cli-env.js";
import { deadlineSignal } from "../deadline-signal.js";
import { addExamples } from "../flags/examples.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { parseDurationMs } from "../flags/parse-flag.js";
import { namespaceOf } from "../manifests/for-each-manifest.js";
import { parseManifests } from "../manifests/manifest.js";
import { readManifestFiles } from "../manifests/manifest-files.js";
import { changesAfter } from "../resources/changes-after.js";
import { pluralName, qualifiedName } from "../resources/kind-lookup.js";
import { parseResourceArguments } from "../resources/resource-arguments.js";
import { addSelectionFlags, keyFor, type SelectionFlags, selectionOf, selectionOfOne } from "../resources/selection-flags.js";
import { parseWaitCondition, type WaitCondition } from "../resources/wait-condition.js";
import { CommandFailure, UsageError } from "../usage-error.js";

interface WaitFlags extends FileFlags, SelectionFlags {
  readonly for: WaitCondition;
  readonly timeout: number;
  readonly all?: boolean;
}

export const waitCommand = (env: CliEnv): Command =>
  addExamples(
    addSelectionFlags(addFileFlags(new Command("wait")))
      .argument("[what...]", "TYPE NAME..., TYPE/NAME..., or TYPE with -l or --all")
      .requiredOption("--for <condition>", "create, delete, condition=NAME[=VALUE] or jsonpath='{PATH}'[=VALUE]", parseWaitCondition)
      .addOption(
        new Option("--timeout <duration>", "how long to wait; 0: look once; negative: a week")
          .argParser(parseDurationMs)
          .default(30_000, "30s"),
      )
      .option("--all", "all objects of the types given, in the namespace")
      .action((words: string[], flags: WaitFlags) => wait(words, flags, env)),
    ["Wait until a job has ended well", "wait --for=condition=complete job/pi --timeout=2m"],
    ["Wait until pods are gone", "wait --for=delete pod -l app=web"],
    ["Wait until a field has a value", "wait --for=jsonpath='{.status.phase}'=Running pod/web"],
  );

/** What one list and watch waits for: everything selected, or the one object named. */
interface Subject {
  readonly kind: Kind;
  readonly selection: Selection;
  readonly name: string | undefined;
}

const weekMs = 7 * 24 * 3_600_000;

/** Waits, by watching, until the condition holds for every object, or fails at the deadline. */
export async function wait(words: readonly string[], flags: WaitFlags, env: CliEnv): Promise<void> {
  const subjects = flags.filename === undefined ? await subjectsOf(words, flags, env) : await subjectsInFiles(flags, env);
  const deadline = deadlineSignal(flags.timeout < 0 ? weekMs : flags.timeout, env);
  const waits = subjects.map((subject) => new SubjectWait(subject, flags, env));
  try {
    const seen = await Promise.all(waits.map((subjectWait) => subjectWait.run(deadline.signal)));
    if (flags.for.type !== "delete" && !seen.includes(true)) throw new UsageError("no matching resources found");
  } catch (error: unknown) {
    if (!isAbort(error)) throw error;
    throwIfAborted(env.signal);
    const pending = waits.flatMap((subjectWait) => subjectWait.pending());
    const lines = pending.map((name) => `error: timed out waiting for the condition on ${name}`);
    throw new CommandFailure(lines.length === 0 ? "error: timed out waiting for the condition" : lines.join("\n"));
  } finally {
    deadline.cancel();
  }
}

async function subjectsOf(words: readonly string[], flags: WaitFlags, env: CliEnv): Promise<Subject[]> {
  const what = parseResourceArguments(words);
  if (what.form === "targets") {
    return await Promise.all(
      what.targets.map(async ({ kind, name }) => ({ kind, name, selection: selectionOfOne(await keyFor(kind, name, env)) })),
    );
  }
  if (flags.all !== true && flags.selector === undefined && flags.fieldSelector === undefined) {
    throw new UsageError("resource(s) were provided, but no name was specified");
  }
  return await Promise.all(what.kinds.map(async (kind) => ({ kind, name: undefined, selection: await selectionOf(kind, flags, env) })));
}

async function subjectsInFiles(flags: WaitFlags, env: CliEnv): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const parsed of (await readManifestFiles(flags.filename ?? [], env, flags.recursive)).flatMap(parseManifests)) {
    if ("error" in parsed) throw parsed.error;
    const { kind, name } = parsed.manifest;
    subjects.push({ kind, name, selection: selectionOfOne({ namespace: await namespaceOf(parsed.manifest, env), name }) });
  }
  return subjects;
}

/** Waits for one subject by a list and a watch from it, and knows at any time what is still missing. */
class SubjectWait {
  /** Names of objects for which the condition has not come about. */
  private readonly left = new Set<string>();

  constructor(
    private readonly subject: Subject,
    private readonly flags: WaitFlags,
    private readonly env: CliEnv,
  ) {}

  /** @returns whether there was anything to wait for */
  async run(signal: AbortSignal): Promise<boolean> {
    const { kind, selection, name } = this.subject;
    if (name !== undefined) this.left.add(name);
    const client = (await this.env.client()).of(kind);
    const list = await client.list({ ...selection, signal: this.env.signal });
    if (list.items.length === 0) {
      if (this.flags.for.type === "delete") this.left.clear();
      else if (name !== undefined && this.flags.for.type !== "create") throw notFound({ group: kind.group, kind: kind.plural, name });
      if (this.left.size === 0) return false;
    }
    for (const object of list.items) this.left.add(object.metadata.name);
    for (const object of list.items) this.see({ kind, object }, false);
    if (this.left.size === 0) return true;

    for await (const { type, object } of changesAfter(client, selection, list, signal)) {
      this.see({ kind, object }, type === "deleted");
      if (this.left.size === 0) return true;
    }
    throwIfAborted(signal);
    return true;
  }

  /** Names, as "pods/web", of what the condition does not hold for. */
  pending(): string[] {
    return [...this.left].map((name) => pluralName(this.subject.kind, name));
  }

  private see(item: Parameters<Extract<WaitCondition, { type: "state" }>["holds"]>[0], deleted: boolean): void {
    const { kind, object } = item;
    const { name } = object.metadata;
    if (!this.left.has(name)) return;
    const condition = this.flags.for;
    // Nothing more can be hoped for of an object that is gone; another of its name would be another object.
    if (deleted && condition.type !== "delete") throw notFound({ group: kind.group, kind: kind.plural, name });
    const met = condition.type === "delete" ? deleted : condition.type === "create" || condition.holds(item);
    if (!met) return;
    this.left.delete(name);
    this.env.out.line(`${qualifiedName(kind, name)} condition met`);
  }
}
