import { isApiError } from "../../api/errors.js";
import { keyOf, type Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CliEnv } from "../cli-env.js";
import { errorText } from "../error-text.js";
import { containerStatusOf, containersOf } from "../pods/pod-containers.js";
import { untilPod } from "../pods/until-pod.js";
import { attachTo } from "../sessions/attach.js";
import { printOutput } from "../sessions/run-attached.js";
import type { SessionFlags } from "../sessions/session-flags.js";
import { isUsageError, UsageError } from "../usage-error.js";

/** Waits until a debugging container runs, and gives it the user's terminal; of one that has ended, shows what it wrote. */
export async function debugSession(pod: Whole<Pod>, name: string, flags: SessionFlags, env: CliEnv): Promise<void> {
  const started = await untilStarted(pod, name, flags, env);
  const container = containersOf(started).find((each) => each.name === name);
  if (container === undefined) throw new UsageError(`container ${name} not found in pod ${pod.metadata.name}`);
  const hasEnded = containerStatusOf(started, name)?.state?.terminated !== undefined;
  if (hasEnded || flags.stdin !== true) return await printOutput(started, name, env);
  try {
    await attachTo(started, container, flags, env);
  } catch (error: unknown) {
    if (isAbort(error) || !(isApiError(error) || isUsageError(error))) throw error;
    env.err.line(`warning: couldn't attach to pod/${pod.metadata.name}, falling back to streaming logs: ${errorText(error)}`);
    await printOutput(started, name, env);
  }
}

/** What keeps the container from running is said once each. */
async function untilStarted(pod: Whole<Pod>, name: string, { quiet = false }: SessionFlags, env: CliEnv): Promise<Whole<Pod>> {
  let told = "";
  const holds = (now: Whole<Pod>): boolean => {
    const state = containerStatusOf(now, name)?.state;
    const message = state?.waiting?.message ?? "";
    if (message !== "" && message !== told && !quiet) env.err.line(`Warning: container ${name}: ${message}`);
    told = message;
    return state?.running !== undefined || state?.terminated !== undefined;
  };
  return await untilPod({ key: keyOf(pod), holds, timeoutMs: undefined }, env);
}
