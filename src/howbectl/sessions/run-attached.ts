import { isApiError } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { CliEnv, Output } from "../cli-env.js";
import { errorText } from "../error-text.js";
import { printLog } from "../logs/log-printer.js";
import { defaultContainer } from "../pods/pod-containers.js";
import { hasEnded, untilPod } from "../pods/until-pod.js";
import { deletionMessage } from "../resources/deletion.js";
import { CommandFailure, isUsageError, UsageError } from "../usage-error.js";
import { attachTo } from "./attach.js";
import type { SessionFlags } from "./session-flags.js";

/** How a pod is run on the user's terminal. */
export interface RunFlags extends SessionFlags {
  /** Delete the pod at the end, also when the user interrupts. */
  readonly rm?: boolean;
  readonly leaveStdinOpen?: boolean;
  readonly podRunningTimeout: number;
}

/**
 * Connects the user's terminal with a pod that has just been created, until it ends.
 *
 * @throws CommandFailure with the exit code of its container, when that is not started again
 */
export async function runAttached(pod: Whole<Pod>, flags: RunFlags, env: CliEnv): Promise<void> {
  try {
    const timeoutMs = flags.podRunningTimeout;
    const started = await untilPod({ key: keyOf(pod), holds: (now) => hasEnded(now) || isReady(now), timeoutMs }, env);
    await connect(started, flags, env);
    if (pod.spec.restartPolicy === "Always" || flags.leaveStdinOpen === true) return;
    const holds = pod.spec.restartPolicy === "Never" ? hasEnded : hasSucceeded;
    throwUnlessSucceeded(await untilPod({ key: keyOf(pod), holds, timeoutMs }, env));
  } finally {
    if (flags.rm === true) await remove(pod, flags, env);
  }
}

async function connect(pod: Whole<Pod>, flags: RunFlags, env: CliEnv): Promise<void> {
  const container = defaultContainer(pod, env, true);
  // Who sends no input has all of the output from the log, also what was written before one could attach.
  if (flags.stdin !== true || hasEnded(pod)) return await printOutput(pod, container.name, env);
  try {
    await attachTo(pod, container, flags, env);
  } catch (error: unknown) {
    if (isAbort(error) || !(isApiError(error) || isUsageError(error))) throw error;
    env.err.line(`warning: couldn't attach to pod/${pod.metadata.name}, falling back to streaming logs: ${errorText(error)}`);
    await printOutput(pod, container.name, env);
  }
}

/** Prints what a container has written and writes, each to its own stream. */
export async function printOutput({ metadata }: Whole<Pod>, container: string, env: CliEnv): Promise<void> {
  const source = { namespace: metadata.namespace, pod: metadata.name, container };
  const follow = async (stream: string, out: Output): Promise<void> => {
    const options = PodLogOptions.fromPartial({ follow: true, stream });
    await printLog(source, { options }, { prefix: false, whole: false }, { env, out, signal: env.signal });
  };
  await Promise.all([follow("Stdout", env.out), follow("Stderr", env.err)]);
}

/** The user may have pressed Ctrl-C: the pod goes all the same. */
async function remove(pod: Whole<Pod>, { quiet = false }: RunFlags, env: CliEnv): Promise<void> {
  const key = keyOf(pod);
  try {
    await (await env.client())
      .of(podKind)
      .delete(key, { options: { preconditions: { uid: pod.metadata.uid, resourceVersion: undefined } } });
    if (!quiet) env.out.line(deletionMessage(podKind, key, { force: false, dryRun: "none" }));
  } catch (error: unknown) {
    if (!isApiError(error) || error.reason !== "NotFound") throw error;
  }
}

function isReady({ status }: Whole<Pod>): boolean {
  return status.phase === "Running" && status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
}

function hasSucceeded({ status }: Whole<Pod>): boolean {
  return status.phase === "Succeeded";
}

function throwUnlessSucceeded({ metadata, status }: Whole<Pod>): void {
  if (status.phase === "Succeeded") return;
  const name = `pod ${metadata.namespace}/${metadata.name}`;
  const terminated = status.containerStatuses[0]?.state?.terminated;
  const exitCode = terminated?.exitCode ?? 0;
  if (exitCode === 0) throw new UsageError(`${name} failed with unknown exit code`);
  const message = terminated?.message ? `\n${terminated.message}` : "";
  throw new CommandFailure(`${name} terminated (${terminated?.reason ?? ""})${message}`, exitCode);
}
