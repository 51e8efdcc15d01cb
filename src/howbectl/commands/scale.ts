import { Command } from "commander";
import type { JsonObject } from "../../api/codec/json-values.js";
import { isConflict } from "../../api/errors.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { isAbort, throwIfAborted } from "../../base/abort.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import { deadlineSignal } from "../deadline-signal.js";
import { addExamples } from "../flags/examples.js";
import { addFileFlags } from "../flags/file-flags.js";
import { parseDurationMs, parseInteger } from "../flags/parse-flag.js";
import { addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { changesAfter } from "../resources/changes-after.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "../resources/found-objects.js";
import { type Place, patchObject, readObject } from "../resources/object-calls.js";
import { replicasOf } from "../resources/replicas-of.js";
import { Reporter } from "../resources/report.js";
import { selectionOfOne } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";

interface ScaleFlags extends FindFlags, WriteFlags {
  readonly replicas: number;
  readonly currentReplicas: number;
  readonly resourceVersion?: string;
  readonly timeout: number;
}

export const scaleCommand = (env: CliEnv): Command =>
  addExamples(
    addWriteFlags(addFileFlags(new Command("scale")), "howbectl-scale")
      .argument("[what...]", "what to scale: TYPE NAME..., TYPE/NAME..., or TYPE with -l or --all")
      .option("-l, --selector <query>", "only objects whose labels match, as app=web")
      .option("--all", "all objects of the types given, in the namespace")
      .requiredOption("--replicas <count>", "desired number of pods", parseInteger)
      .option("--current-replicas <count>", "scale only from this count; -1: from any", parseInteger, -1)
      .option("--resource-version <version>", "scale only an object that has this resourceVersion")
      .option("--timeout <duration>", "how long to wait until there are as many pods, as 1m; 0: not at all", parseDurationMs, 0)
      .action((words: string[], flags: ScaleFlags) => scale(words, flags, env)),
    ["Keep three pods", "scale deployment/web --replicas=3"],
    ["The same, if there are two", "scale deployment/web --current-replicas=2 --replicas=3"],
    ["Scale what a file names, and wait for it", "scale -f web.yaml --replicas=3 --timeout=1m"],
  );

/** Scales objects; the server re-reads on conflict, so concurrent scales never lose one another. */
export async function scale(words: readonly string[], flags: ScaleFlags, env: CliEnv): Promise<void> {
  if (flags.replicas < 0) {
    throw new UsageError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  }
  const reporter = new Reporter(flags, env);
  const count = await forEachFoundObject(words, flags, env, (found) => scaleFound(found, flags, { env, reporter }));
  if (count === 0) throw new UsageError("no objects passed to scale");
}

interface Surroundings {
  readonly env: CliEnv;
  readonly reporter: Reporter;
}

async function scaleFound({ kind, key, json }: FoundObject, flags: ScaleFlags, { env, reporter }: Surroundings): Promise<void> {
  if (kind.scale === undefined) throw new UsageError(`cannot scale a ${kind.kind}: it has no replicas`);
  await scaleOne({ kind, key, subresource: "scale" }, flags, env);
  if (flags.timeout > 0 && flags.dryRun === "none") await awaitReplicas({ kind, key }, flags, env);
  if (flags.output === undefined || flags.dryRun !== "none") await reporter.json({ kind, name: key.name, json }, "scaled");
  else await reporter.object(await readObject({ kind, key }, env), "scaled");
}

async function scaleOne(place: Place, flags: ScaleFlags, env: CliEnv): Promise<void> {
  const isConditional = flags.currentReplicas >= 0 || flags.resourceVersion !== undefined;
  for (;;) {
    const onlyIf = isConditional ? await expectedVersion(place, flags, env) : undefined;
    if (flags.dryRun === "client") return;
    const condition: JsonObject = onlyIf === undefined ? {} : { metadata: { resourceVersion: onlyIf } };
    try {
      await patchObject(place, { type: PatchType.MERGE, patch: { ...condition, spec: { replicas: flags.replicas } } }, flags, env);
      return;
    } catch (error: unknown) {
      // Changed since it was read: whether it still is what was expected must be seen anew.
      if (!isConflict(error) || !isConditional) throw error;
    }
  }
}

/** Waits, by watching, until as many pods are counted as were asked for. @throws UsageError when the time is over */
async function awaitReplicas({ kind, key }: Place, { replicas, timeout }: ScaleFlags, env: CliEnv): Promise<void> {
  const isScaled = (object: Whole<ApiObject>): boolean => {
    const { observedGeneration = 0 } = (object as { readonly status?: { readonly observedGeneration?: number } }).status ?? {};
    return observedGeneration >= (object.metadata.generation ?? 0) && kind.scale?.readStatus(object) === replicas;
  };
  const deadline = deadlineSignal(timeout, env);
  try {
    const client = (await env.client()).of(kind);
    const selection = selectionOfOne(key);
    const list = await client.list({ ...selection, signal: deadline.signal });
    if (list.items.some(isScaled)) return;
    for await (const { type, object } of changesAfter(client, selection, list, deadline.signal)) {
      if (type === "deleted" || isScaled(object)) return;
    }
    throwIfAborted(deadline.signal);
  } catch (error: unknown) {
    if (!isAbort(error)) throw error;
    throwIfAborted(env.signal);
    throw new UsageError(`timed out waiting for "${key.name}" to be synced`);
  } finally {
    deadline.cancel();
  }
}

/** The version that may be scaled. @throws UsageError when the object is not as the flags expect it */
async function expectedVersion(place: Place, { currentReplicas, resourceVersion }: ScaleFlags, env: CliEnv): Promise<string> {
  const { object } = await readObject(place, env);
  const replicas = replicasOf(object);
  if (currentReplicas >= 0 && replicas !== currentReplicas) {
    throw new UsageError(`Expected replicas to be ${currentReplicas}, was ${replicas}`);
  }
  const version = object.metadata.resourceVersion;
  if (resourceVersion !== undefined && version !== resourceVersion) {
    throw new UsageError(`Expected resource version to be ${resourceVersion}, was ${version}`);
  }
  return version;
}
