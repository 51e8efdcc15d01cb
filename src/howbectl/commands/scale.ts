import { Command } from "commander";
import { isConflict } from "../../api/errors.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { CliEnv } from "../cli-env.js";
import { parseCount } from "../flags/parse-flag.js";
import { addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { patchScale } from "../resources/patch-scale.js";
import { Reporter } from "../resources/report.js";
import { parseResourceArguments, parseTargets, type Target } from "../resources/resource-arguments.js";
import { keyFor, selectionOf } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";

interface ScaleFlags extends WriteFlags {
  readonly replicas: number;
  readonly currentReplicas?: number;
  readonly selector?: string;
  readonly all?: boolean;
}

export const scaleCommand = (env: CliEnv): Command =>
  addWriteFlags(new Command("scale"), "howbectl-scale")
    .argument("<what...>", "what to scale: TYPE NAME..., TYPE/NAME..., or TYPE with -l or --all")
    .option("-l, --selector <query>", "only objects whose labels match, as app=web")
    .option("--all", "all objects of the types given, in the namespace")
    .requiredOption("--replicas <count>", "desired number of pods", parseCount)
    .option("--current-replicas <count>", "scale only from this count", parseCount)
    .action(async (words: string[], flags: ScaleFlags) => scale(await targetsOf(words, flags, env), flags, env));

async function targetsOf(words: readonly string[], flags: ScaleFlags, env: CliEnv): Promise<readonly Target[]> {
  if (flags.all !== true && flags.selector === undefined) return parseTargets(words);
  const what = parseResourceArguments(words);
  if (what.form === "targets") throw new UsageError("name cannot be provided when a selector is specified");
  const client = await env.client();
  const targets: Target[] = [];
  for (const kind of what.kinds) {
    const { items } = await client.of(kind).list({ ...(await selectionOf(kind, flags, env)), signal: env.signal });
    targets.push(...items.map(({ metadata }) => ({ kind, name: metadata.name })));
  }
  if (targets.length === 0) throw new UsageError("no objects passed to scale");
  return targets;
}

/** Scales each target; the server re-reads on conflict, so concurrent scales never lose one another. */
export async function scale(targets: readonly Target[], flags: ScaleFlags, env: CliEnv): Promise<void> {
  const reporter = new Reporter(flags, env);
  for (const target of targets) {
    const object = await scaleOne(target, flags, env);
    await reporter.object({ kind: target.kind, object }, "scaled");
  }
}

async function scaleOne({ kind, name }: Target, flags: ScaleFlags, env: CliEnv): Promise<Whole<ApiObject>> {
  const { scale: paths } = kind;
  if (paths === undefined) throw new UsageError(`cannot scale a ${kind.kind}: it has no replicas`);
  const client = await env.client();
  const key = await keyFor(kind, name, env);
  const wanted = { kind, key, replicas: flags.replicas, dryRun: flags.dryRun === "server", fieldManager: flags.fieldManager };
  for (;;) {
    const current = await client.of(kind).get(key, { signal: env.signal });
    const replicas = paths.read(current);
    if (flags.currentReplicas !== undefined && replicas !== flags.currentReplicas) {
      throw new UsageError(`Expected replicas to be ${flags.currentReplicas}, was ${replicas}`);
    }
    if (flags.dryRun === "client") return current;
    const onlyIf = flags.currentReplicas === undefined ? undefined : current.metadata.resourceVersion;
    try {
      await patchScale(client, { ...wanted, onlyIf }, env.signal);
      return flags.output === undefined ? current : await client.of(kind).get(key, { signal: env.signal });
    } catch (error: unknown) {
      // Changed since it was read: whether the count still is what was expected must be seen anew.
      if (!isConflict(error) || onlyIf === undefined) throw error;
    }
  }
}
