import { Command } from "commander";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { throwIfAborted } from "../../base/abort.js";
import type { Selection } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { CliEnv } from "../cli-env.js";
import { Failures } from "../failures.js";
import { parseCount, parseDurationMs, parseInteger } from "../flags/parse-flag.js";
import { LogFollower, tooManyStreams } from "../logs/log-follower.js";
import { type LogPrinting, type LogSource, printLog } from "../logs/log-printer.js";
import { type LogExtentFlags, logOptions } from "../logs/log-request.js";
import { containersOf, defaultContainer, offeredNames, type PodContainer } from "../pods/pod-containers.js";
import { forLogs } from "../pods/pod-order.js";
import { addPodRunningTimeout } from "../pods/pod-running-timeout.js";
import { parsePodTarget, readWorkload, somePods, type Workload } from "../pods/workload-pods.js";
import { selectionOfOne } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";

interface LogsFlags extends LogExtentFlags {
  readonly container?: string;
  readonly allContainers?: boolean;
  readonly allPods?: boolean;
  readonly selector?: string;
  readonly prefix?: boolean;
  readonly ignoreErrors?: boolean;
  readonly maxLogRequests: number;
  /** Absent: with a selector or a workload. */
  readonly acrossRestarts?: boolean;
  readonly podRunningTimeout: number;
}

export const logsCommand = (env: CliEnv): Command =>
  addPodRunningTimeout(new Command("logs"), 20_000, "20s")
    .argument("[what]", "POD or TYPE/NAME")
    .argument("[container]", "container, when the pod has several")
    .option("-f, --follow", "go on printing as the container writes")
    .option("--across-restarts", "with -f, go on when a container restarts or its pod is replaced; the default with -l and TYPE/NAME")
    .option("--no-across-restarts", "with -f, end with the containers that run now")
    .option("-p, --previous", "of the container's previous run")
    .option("-c, --container <name>", "container, when the pod has several")
    .option("--all-containers", "of all containers of the pod")
    .option("--all-pods", "of all pods of a workload, each line with --prefix")
    .option("-l, --selector <query>", "of all pods whose labels match, as app=web")
    .option("--prefix", "begin each line with the pod and container that wrote it")
    .option("--tail <lines>", "only so many of the last lines; -1: all (default: all, with a selector 10)", parseInteger)
    .option("--since <duration>", "only what was written since, as 5s, 2m or 3h", parseDurationMs)
    .option("--since-time <time>", "only what was written since, as 2024-08-30T06:00:00Z")
    .option("--timestamps", "begin each line with the time it was written")
    .option("--limit-bytes <count>", "at most so many bytes", parseInteger)
    .option("--ignore-errors", "say which logs cannot be read, and print the others")
    .option("--max-log-requests <count>", "how many containers may be followed at once", parseCount, 5)
    .option("--insecure-skip-tls-verify-backend", "without effect: nodes dial the server, and show their certificates")
    .action((what: string | undefined, container: string | undefined, flags: LogsFlags) => {
      if (container !== undefined && flags.container !== undefined) {
        throw new UsageError("only one of -c or an inline [CONTAINER] arg is allowed");
      }
      return logs(what, container === undefined ? flags : { ...flags, container }, env);
    });

/** Whose logs are meant. */
interface Subject {
  readonly pods: Selection;
  /** Those that are there, the best first. */
  readonly present: readonly Whole<Pod>[];
  readonly workload: Workload | undefined;
  readonly choice: "one" | "all";
}

/** Prints the output of containers as it is; with `-f`, until they end or the user interrupts. */
export async function logs(what: string | undefined, flags: LogsFlags, env: CliEnv): Promise<void> {
  checkFlags(what, flags);
  const options = logOptions(flags, flags.selector !== undefined);
  const subject = await subjectOf(what, flags, env);
  const printing = { prefix: flags.prefix === true || flags.allPods === true, whole: true };
  const isSingle = subject.workload === undefined && flags.selector === undefined;
  if (flags.follow === true && flags.previous !== true && (flags.acrossRestarts ?? !isSingle)) {
    const { pods, workload, choice } = subject;
    const chosen = containerChooser(flags, env, subject);
    const { maxLogRequests: maxStreams, ignoreErrors = false } = flags;
    return await new LogFollower({ pods, workload, choice, containersOf: chosen, options, printing, maxStreams, ignoreErrors }, env).run();
  }
  const pods = subject.choice === "one" ? subject.present.slice(0, 1) : subject.present;
  if (subject.choice === "one" && subject.present.length > 1) {
    env.err.line(`Found ${subject.present.length} pods, using pod/${pods[0]?.metadata.name ?? ""}`);
  }
  const sources = pods.flatMap((pod) => sourcesOf(pod, containerChooser(flags, env, subject)));
  await printAll(sources, { options, printing: { ...printing, whole: sources.length > 1 }, flags, env });
}

function checkFlags(what: string | undefined, { selector, allContainers, container }: LogsFlags): void {
  if (selector !== undefined && what !== undefined) throw new UsageError("only a selector (-l) or a POD name is allowed");
  if (selector === undefined && what === undefined) {
    throw new UsageError("expected 'logs (POD | TYPE/NAME) [CONTAINER_NAME]'", "POD or TYPE/NAME is a required argument");
  }
  if (allContainers === true && container !== undefined) {
    throw new UsageError(`--all-containers=true should not be specified with container name ${container}`);
  }
}

async function subjectOf(what: string | undefined, flags: LogsFlags, env: CliEnv): Promise<Subject> {
  const client = (await env.client()).of(podKind);
  const namespace = await env.namespace();
  if (what === undefined) {
    const pods = { namespace, labelSelector: flags.selector };
    const { items } = await client.list({ ...pods, signal: env.signal });
    if (items.length === 0) env.err.line(`No resources found in ${namespace} namespace.`);
    return { pods, present: items, workload: undefined, choice: "all" };
  }
  const target = parsePodTarget(what);
  if (target.kind.typeName === podKind.typeName) {
    const key = { namespace, name: target.name };
    const pod = await client.get(key, { signal: env.signal });
    return { pods: selectionOfOne(key), present: [pod], workload: undefined, choice: "all" };
  }
  const workload = await readWorkload(target, "get the logs of", env);
  const present = await somePods(workload.pods, { order: forLogs, timeoutMs: flags.podRunningTimeout }, env);
  return { pods: workload.pods, present, workload, choice: flags.allPods === true ? "all" : "one" };
}

type ContainerChooser = (pod: Whole<Pod>) => readonly PodContainer[];

/** Picks the containers that are meant, and says which it took by default: once of pods that come and go. */
function containerChooser(flags: LogsFlags, env: CliEnv, { choice, workload, present }: Subject): ContainerChooser {
  const isQuiet = flags.allPods === true;
  const announced = new Set<string>();
  return (pod) => {
    const all = containersOf(pod);
    if (flags.allContainers === true) return all;
    const { container: wanted } = flags;
    if (wanted !== undefined) {
      const found = all.filter(({ name }) => name === wanted);
      if (found.length > 0) return found;
      throw new UsageError(`container ${wanted} is not valid for pod ${pod.metadata.name} out of: ${offeredNames(pod)}`);
    }
    const isFirst = choice === "all" && workload === undefined ? present.includes(pod) : announced.size === 0;
    announced.add(pod.metadata.uid);
    return [defaultContainer(pod, env, isQuiet || !isFirst)];
  };
}

function sourcesOf(pod: Whole<Pod>, choose: ContainerChooser): LogSource[] {
  const { namespace, name } = pod.metadata;
  return choose(pod).map((container) => ({ namespace, pod: name, container: container.name }));
}

interface PrintAllOptions {
  readonly options: PodLogOptions;
  readonly printing: LogPrinting;
  readonly flags: LogsFlags;
  readonly env: CliEnv;
}

async function printAll(sources: readonly LogSource[], { options, printing, flags, env }: PrintAllOptions): Promise<void> {
  const { follow, ignoreErrors, maxLogRequests } = flags;
  const failures = new Failures();
  const stop = new AbortController();
  const signal = AbortSignal.any([env.signal, stop.signal]);
  const print = async (source: LogSource): Promise<void> => {
    const work = (): Promise<void> => printLog(source, { options }, printing, { env, signal });
    await (ignoreErrors === true ? failures.attempt(work) : work());
  };
  try {
    if (follow === true && sources.length > 1) {
      if (sources.length > maxLogRequests) throw tooManyStreams(sources.length, maxLogRequests);
      await Promise.all(sources.map(print));
    } else for (const source of sources) await print(source);
  } finally {
    stop.abort();
  }
  throwIfAborted(env.signal);
  for (const line of failures.lines()) env.err.line(line);
}
