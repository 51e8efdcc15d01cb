import { Command } from "commander";
import { messageFromJson, objectToJson } from "../../api/codec/json.js";
import { notFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { formatLabelSelector } from "../../api/selectors/label-selector.js";
import { throwIfAborted } from "../../base/abort.js";
import type { RemoteApiClient } from "../../client/client.js";
import { PodsService } from "../../gen/howbernetes/api/v1/pods.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { LabelSelector } from "../../gen/howbernetes/meta/v1/values.js";
import type { CliEnv } from "../cli-env.js";
import { parseDurationMs, parseInteger } from "../flags/parse-flag.js";
import { objectAt } from "../manifests/json-fields.js";
import { parseTargets, type Target } from "../resources/resource-arguments.js";
import { keyFor } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";

interface LogsFlags {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly container?: string;
  readonly tail: number;
  readonly since?: number;
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
}

export const logsCommand = (env: CliEnv): Command =>
  new Command("logs")
    .argument("<what>", "POD or TYPE/NAME")
    .argument("[container]", "container, when the pod has several")
    .option("-f, --follow", "go on printing as the container writes")
    .option("-p, --previous", "of the container's previous run")
    .option("-c, --container <name>", "container, when the pod has several")
    .option("--tail <lines>", "only so many of the last lines; -1: all", parseInteger, -1)
    .option("--since <duration>", "only what was written since, as 5s, 2m or 3h", parseDurationMs)
    .option("--timestamps", "begin each line with the time it was written")
    .option("--limit-bytes <count>", "at most so many bytes", parseInteger)
    .action((what: string, container: string | undefined, flags: LogsFlags) =>
      logs(what, container === undefined ? flags : { ...flags, container }, env),
    );

/** Prints a container's output as it is; with `-f`, until the container ends or the user interrupts. */
export async function logs(what: string, flags: LogsFlags, env: CliEnv): Promise<void> {
  const client = await env.client();
  const [target] = what.includes("/") ? parseTargets([what]) : [{ kind: podKind, name: what }];
  if (target === undefined) throw new UsageError("expected 'logs (POD | TYPE/NAME) [CONTAINER_NAME]'");
  const pod = await podOf(client, target, env);
  const container = flags.container ?? defaultContainer(pod, env);

  const { name, namespace } = pod.metadata;
  const options = PodLogOptions.fromPartial({
    container,
    follow: flags.follow,
    previous: flags.previous,
    timestamps: flags.timestamps,
    sinceSeconds: flags.since === undefined ? undefined : Math.max(1, Math.ceil(flags.since / 1_000)),
    tailLines: flags.tail < 0 ? undefined : flags.tail,
    limitBytes: flags.limitBytes,
  });
  const stream = client.raw(PodsService, "bulk").logs({ namespace, name, options }, { signal: env.signal });
  for await (const { data } of stream) await env.out.bytes(data);
  throwIfAborted(env.signal);
}

/** The pod named, or the readiest of those that the object named selects. */
async function podOf(client: RemoteApiClient, { kind, name }: Target, env: CliEnv): Promise<Whole<Pod>> {
  const key = await keyFor(kind, name, env);
  if (kind.typeName === podKind.typeName) return await client.of(podKind).get(key, { signal: env.signal });
  const owner = await client.of(kind).get(key, { signal: env.signal });
  const selector = objectAt(objectAt(objectToJson(kind, owner), "spec"), "selector");
  if (Object.keys(selector).length === 0) throw new UsageError(`cannot get the logs of a ${kind.kind}: it selects no pods`);
  const labelSelector = formatLabelSelector(messageFromJson("howbernetes.meta.v1.LabelSelector", selector).message as LabelSelector);

  const { items } = await client.of(podKind).list({ namespace: key.namespace, labelSelector, signal: env.signal });
  const [best] = [...items].sort((left, right) => readiness(right) - readiness(left));
  if (best === undefined) throw notFound({ group: "", kind: "pods", name: `of ${kind.singular} ${name}` });
  if (items.length > 1) env.err.line(`Found ${items.length} pods, using pod/${best.metadata.name}`);
  return best;
}

function readiness({ spec, status }: Whole<Pod>): number {
  if (status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True")) return 3;
  if (status.phase === "Running") return 2;
  return spec.nodeName ? 1 : 0;
}

/** kubectl's choice: what the annotation names, else the first, said aloud when there are several. */
function defaultContainer({ metadata, spec }: Whole<Pod>, env: CliEnv): string {
  const names = [...spec.containers, ...spec.initContainers].map(({ name }) => name ?? "");
  const annotated = metadata.annotations["kubectl.kubernetes.io/default-container"];
  if (annotated !== undefined && names.includes(annotated)) return annotated;
  const [first = "", ...others] = names;
  if (others.length > 0) env.err.line(`Defaulted container "${first}" out of: ${[first, ...others].join(", ")}`);
  return first;
}
