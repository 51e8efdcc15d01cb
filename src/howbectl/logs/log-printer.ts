import { PodsService } from "../../gen/howbernetes/api/v1/pods.js";
import type { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { CliEnv, Output } from "../cli-env.js";
import { LogLines } from "../printers/log-lines.js";

/** One container's output. */
export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** How output is printed. */
export interface LogPrinting {
  /** Begin each line with the pod and container that wrote it. */
  readonly prefix: boolean;
  /** Print whole lines only, since others' stand beside them. */
  readonly whole: boolean;
}

/**
 * Prints a container's output as it comes, until it ends.
 *
 * @param instance id of the one run of the container that is meant; "" for the one that the options mean
 * @throws ApiError as `Pods.Logs`
 */
export async function printLog(
  source: LogSource,
  { options, instance = "" }: { readonly options: PodLogOptions; readonly instance?: string },
  { prefix, whole }: LogPrinting,
  { env, signal, out = env.out }: { readonly env: CliEnv; readonly signal: AbortSignal; readonly out?: Output },
): Promise<void> {
  const { namespace, pod, container } = source;
  const pods = (await env.client()).raw(PodsService, "bulk");
  const stream = pods.logs(
    { namespace, name: pod, options: { ...options, container }, ...(instance === "" ? {} : { containerID: instance }) },
    { signal },
  );
  if (!whole && !prefix) {
    for await (const { data } of stream) await out.bytes(data);
    return;
  }
  const lines = new LogLines(prefix ? `[pod/${pod}/${container}] ` : "");
  try {
    for await (const { data } of stream) await out.bytes(lines.add(data));
  } finally {
    await out.bytes(lines.end());
  }
}
