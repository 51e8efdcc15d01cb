import { badRequest, internalError, notFound } from "../../api/errors.js";
import { timeToMs } from "../../api/values/time.js";
import type { Clock } from "../../base/clock.js";
import type { TunnelResponse_LogsSession } from "../../gen/howbernetes/api/v1/nodes.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { ContainerLogOptions } from "../runtime/container-streams.js";
import { isContainerNotFound } from "../runtime/errors.js";
import type { Runtime } from "../runtime/interface.js";
import { loggedContainer } from "./container-choice.js";

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
    const wanted = { podName: order.podName, container: options.container ?? "" };
    const isCertain = order.containerID !== undefined;
    const id = isCertain ? await this.ownRun(order, signal) : loggedContainer(wanted, status, options.previous ?? false);
    const output = this.deps.runtime.streams.logs(id, this.runtimeOptions(options), signal);
    try {
      yield* options.limitBytes === undefined ? output : limited(output, options.limitBytes);
    } catch (error: unknown) {
      if (signal.aborted) throw error;
      if (isContainerNotFound(error)) throw badRequest(`the log of container "${options.container}" in pod "${order.podName}" is gone`);
      throw internalError("the container runtime could not read the log", error);
    }
  }

  /** Checks that the run that is asked for by its id is of the container named: nobody reads another pod's log by it. */
  private async ownRun({ podName, podUid, options, containerID }: TunnelResponse_LogsSession, signal: AbortSignal): Promise<string> {
    const id = (containerID ?? "").replace(/^[^/]*:\/\//, "");
    const identity = (await this.deps.runtime.inspect(id, signal))?.identity;
    const container = options?.container ?? "";
    if (identity?.podUid === podUid && identity.container === container) return id;
    throw badRequest(`the log of container "${container}" in pod "${podName}" is gone`);
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

async function* limited(output: AsyncIterable<Buffer>, limitBytes: number): AsyncGenerator<Buffer> {
  let left = limitBytes;
  for await (const piece of output) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}
