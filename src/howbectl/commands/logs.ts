import { Command } from "commander";
import { podKind } from "../../api/kinds/pod/kind.js";
import { throwIfAborted } from "../../base/abort.js";
import type { RemoteApiClient } from "../../client/client.js";
import { PodsService } from "../../gen/howbernetes/api/v1/pods.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { CliEnv } from "../cli-env.js";
import { parseCount, parseDurationMs, parseInteger } from "../flags/parse-flag.js";
import { LogLines } from "../printers/log-lines.js";
import { type LogSource, logSourcesOf, podToLog } from "../resources/log-sources.js";
import { parseTargets } from "../resources/resource-arguments.js";
import { UsageError } from "../usage-error.js";

interface LogsFlags {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly container?: string;
  readonly allContainers?: boolean;
  readonly selector?: string;
  readonly prefix?: boolean;
  /** Absent: all, or with a selector 10. */
  readonly tail?: number;
  readonly since?: number;
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
  readonly maxLogRequests: number;
}

export const logsCommand = (env: CliEnv): Command =>
  new Command("logs")
    .argument("[what]", "POD or TYPE/NAME")
    .argument("[container]", "container, when the pod has several")
    .option("-f, --follow", "go on printing as the container writes")
    .option("-p, --previous", "of the container's previous run")
    .option("-c, --container <name>", "container, when the pod has several")
    .option("--all-containers", "of all containers of the pod")
    .option("-l, --selector <query>", "of all pods whose labels match, as app=web")
    .option("--prefix", "begin each line with the pod and container that wrote it")
    .option("--tail <lines>", "only so many of the last lines; -1: all (default: all, with a selector 10)", parseInteger)
    .option("--since <duration>", "only what was written since, as 5s, 2m or 3h", parseDurationMs)
    .option("--timestamps", "begin each line with the time it was written")
    .option("--limit-bytes <count>", "at most so many bytes", parseInteger)
    .option("--max-log-requests <count>", "how many containers may be followed at once", parseCount, 5)
    .action((what: string | undefined, container: string | undefined, flags: LogsFlags) =>
      logs(what, container === undefined ? flags : { ...flags, container }, env),
    );

/** Prints the output of containers as it is; with `-f`, until they end or the user interrupts. */
export async function logs(what: string | undefined, flags: LogsFlags, env: CliEnv): Promise<void> {
  const client = await env.client();
  const sources = await sourcesOf(client, what, flags, env);
  const print = (source: LogSource): Promise<void> => printOne(client, source, { flags, whole: sources.length > 1, env });
  if (flags.follow === true && sources.length > 1) {
    if (sources.length > flags.maxLogRequests) {
      throw new UsageError(
        `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${flags.maxLogRequests}, use --max-log-requests to increase the limit`,
      );
    }
    await Promise.all(sources.map(print));
  } else for (const source of sources) await print(source);
  throwIfAborted(env.signal);
}

async function sourcesOf(client: RemoteApiClient, what: string | undefined, flags: LogsFlags, env: CliEnv): Promise<LogSource[]> {
  if (flags.allContainers === true && flags.container !== undefined) {
    throw new UsageError("--all-containers=true should not be specified with container name");
  }
  if (flags.selector !== undefined) {
    if (what !== undefined) throw new UsageError("only a selector (-l) or a POD name is allowed");
    const { items } = await client.of(podKind).list({
      namespace: await env.namespace(),
      labelSelector: flags.selector,
      signal: env.signal,
    });
    if (items.length === 0) env.err.line(`No resources found in ${await env.namespace()} namespace.`);
    return items.flatMap((pod) => logSourcesOf(pod, flags, env));
  }
  const [target] = what?.includes("/") === true ? parseTargets([what]) : what === undefined ? [] : [{ kind: podKind, name: what }];
  if (target === undefined)
    throw new UsageError("expected 'logs (POD | TYPE/NAME) [CONTAINER_NAME]'", "POD or TYPE/NAME is a required argument");
  return logSourcesOf(await podToLog(client, target, env), flags, env);
}

interface PrintOptions {
  readonly flags: LogsFlags;
  /** Whether lines are to be kept whole, since others' stand beside them. */
  readonly whole: boolean;
  readonly env: CliEnv;
}

async function printOne(
  client: RemoteApiClient,
  { namespace, pod, container }: LogSource,
  { flags, whole, env }: PrintOptions,
): Promise<void> {
  const tail = flags.tail ?? (flags.selector === undefined ? -1 : 10);
  const options = PodLogOptions.fromPartial({
    container,
    follow: flags.follow,
    previous: flags.previous,
    timestamps: flags.timestamps,
    sinceSeconds: flags.since === undefined ? undefined : Math.max(1, Math.ceil(flags.since / 1_000)),
    tailLines: tail < 0 ? undefined : tail,
    limitBytes: flags.limitBytes,
  });
  const stream = client.raw(PodsService, "bulk").logs({ namespace, name: pod, options }, { signal: env.signal });
  if (!whole && flags.prefix !== true) {
    for await (const { data } of stream) await env.out.bytes(data);
    return;
  }
  const lines = new LogLines(flags.prefix === true ? `[pod/${pod}/${container}] ` : "");
  for await (const { data } of stream) await env.out.bytes(lines.add(data));
  await env.out.bytes(lines.end());
}
