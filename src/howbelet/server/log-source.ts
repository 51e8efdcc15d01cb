import { badRequest, internalError, notFound } from "../../api/errors.js";
import { timeToMs } from "../../api/values/time.js";
import type { Clock } from "../../base/clock.js";
import type { TunnelResponse_LogsSession } from "../../gen/howbernetes/api/v1/nodes.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { ContainerStatus, PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { ContainerLogOptions } from "../runtime/container-streams.js";
import { isContainerNotFound } from "../runtime/errors.js";
import type { Runtime } from "../runtime/interface.js";

export interface LogSourceDeps {
  readonly runtime: Runtime;
  /** A pod's status as this node last derived it; undefined for a pod that is not here. */
  readonly statusOf: (podUid: string) => PodStatus | undefined;
  readonly clock: Clock;
}

/** Reads the logs of this node's containers. */
export class LogSource {
  constructor(private readonly deps: LogSourceDeps) {}

  /** @throws ApiError NotFound: no such pod here; BadRequest: no such container, or it has no log yet */
  async *read(order: TunnelResponse_LogsSession, signal: AbortSignal): AsyncGenerator<Buffer> {
    const options = order.options ?? PodLogOptions.fromPartial({});
    const status = this.deps.statusOf(order.podUid);
    if (status === undefined) throw notFound({ group: "", kind: "pods", name: order.podName });
    const id = chooseContainer(order.podName, status, options);
    const output = this.deps.runtime.streams.logs(id, this.runtimeOptions(options), signal);
    try {
      yield* options.limitBytes === undefined ? output : limited(output, options.limitBytes);
    } catch (error: unknown) {
      if (signal.aborted) throw error;
      if (isContainerNotFound(error)) throw badRequest(`the log of container "${options.container}" in pod "${order.podName}" is gone`);
      throw internalError("the container runtime could not read the log", error);
    }
  }

  private runtimeOptions(options: PodLogOptions): ContainerLogOptions {
    const { follow = false, timestamps = false, tailLines, sinceSeconds, sinceTime, stream = "" } = options;
    const sinceMs = sinceSeconds === undefined ? timeToMs(sinceTime) : this.deps.clock.now() - sinceSeconds * 1000;
    return {
      follow,
      timestamps,
      tailLines,
      sinceSeconds: sinceMs === undefined ? undefined : sinceMs / 1000,
      stdout: stream !== "Stderr",
      stderr: stream !== "Stdout",
    };
  }
}

/** The id of the container instance that is meant: Kubernetes reads the last one's log while the next one waits. */
function chooseContainer(pod: string, status: PodStatus, { container = "", previous = false }: PodLogOptions): string {
  const only = status.containerStatuses.length === 1 ? status.containerStatuses[0] : undefined;
  const found = container === "" ? only : status.containerStatuses.find(({ name }) => name === container);
  if (found === undefined) throw badRequest(`container ${container} is not valid for pod ${pod}`);
  const id = previous ? idOf(found.lastState?.terminated?.containerID) : currentId(found);
  if (id !== "") return id;
  if (previous) throw badRequest(`previous terminated container "${found.name}" in pod "${pod}" not found`);
  throw badRequest(`container "${found.name}" in pod "${pod}" is waiting to start: ${found.state?.waiting?.reason ?? "ContainerCreating"}`);
}

function currentId({ state, lastState, containerID }: ContainerStatus): string {
  if (state?.running !== undefined) return idOf(containerID);
  return idOf(state?.terminated?.containerID ?? lastState?.terminated?.containerID);
}

/** Without the scheme: "docker://abc" is "abc". */
function idOf(containerId: string | undefined): string {
  return (containerId ?? "").replace(/^[^/]*:\/\//, "");
}

async function* limited(output: AsyncIterable<Buffer>, limitBytes: number): AsyncGenerator<Buffer> {
  let left = limitBytes;
  for await (const piece of output) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}
