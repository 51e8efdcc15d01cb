import { Command } from "commander";
import { notFound } from "../../../api/errors.js";
import { isAbort, throwIfAborted } from "../../../base/abort.js";
import type { CliEnv } from "../../cli-env.js";
import { deadlineSignal } from "../../deadline-signal.js";
import { addExamples } from "../../flags/examples.js";
import { parseDurationMs, parseInteger } from "../../flags/parse-flag.js";
import { changesAfter } from "../../resources/changes-after.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "../../resources/found-objects.js";
import { selectionOfOne } from "../../resources/selection-flags.js";
import { addWorkloadFlags, sayIfNone, workloadFlags } from "../../rollouts/find-workloads.js";
import { rolloutStatus } from "../../rollouts/rollout-status.js";
import { CommandFailure, UsageError } from "../../usage-error.js";

interface StatusFlags extends FindFlags {
  readonly watch: boolean;
  readonly revision: number;
  readonly timeout: number;
}

export const rolloutStatusCommand = (env: CliEnv): Command =>
  addExamples(
    addWorkloadFlags(new Command("status"))
      .description("Show how far a rollout is, until it is done")
      .option("-w, --watch", "go on until the rollout is done", true)
      .option("--no-watch", "say how far it is, and end (also --watch=false)")
      .option("--revision <number>", "fail once this is not the revision being rolled out; 0: whichever is", parseInteger, 0)
      .option("--timeout <duration>", "how long to wait, as 90s; 0: for ever", parseDurationMs, 0)
      .action((words: string[], flags: StatusFlags) => showStatus(words, flags, env)),
    ["Wait until a deployment is rolled out, for five minutes at most", "rollout status deployment/web --timeout=5m"],
    ["Only look", "rollout status daemonset/agent --watch=false"],
  );

/** Tells how rollouts go, one after the other, each by one list and one watch. */
async function showStatus(words: readonly string[], flags: StatusFlags, env: CliEnv): Promise<void> {
  if (flags.revision < 0) throw new UsageError(`revision must be a positive integer: ${flags.revision}`);
  const found = workloadFlags(words, flags);
  const deadline = deadlineSignal(flags.timeout <= 0 ? undefined : flags.timeout, env);
  try {
    await sayIfNone(await forEachFoundObject(words, found, env, (workload) => follow(workload, flags, deadline.signal, env)), env);
  } catch (error: unknown) {
    if (!isAbort(error)) throw error;
    throwIfAborted(env.signal);
    throw new CommandFailure("error: timed out waiting for the condition");
  } finally {
    deadline.cancel();
  }
}

/** Unlike kubectl, says nothing again that it has just said. */
async function follow({ kind, key }: FoundObject, flags: StatusFlags, signal: AbortSignal, env: CliEnv): Promise<void> {
  const client = (await env.client()).of(kind);
  const selection = selectionOfOne(key);
  const list = await client.list({ ...selection, signal });
  const [first] = list.items;
  if (first === undefined) throw notFound({ group: kind.group, kind: kind.plural, name: key.name });
  let said = "";
  const isOver = (object: typeof first): boolean => {
    const { text, done } = rolloutStatus({ kind, object }, flags.revision);
    if (text !== said) env.out.line(text);
    said = text;
    return done || !flags.watch;
  };
  if (isOver(first)) return;
  for await (const { type, object } of changesAfter(client, selection, list, signal)) {
    // Another object of that name would be another rollout.
    if (type === "deleted") throw new UsageError("object has been deleted");
    if (isOver(object)) return;
  }
  throwIfAborted(signal);
}
