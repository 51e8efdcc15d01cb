import { backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { ImageState } from "../pods/pod-memory.js";
import type { PodEvent } from "../pods/pod-reporter.js";
import { isRuntimeUnavailable } from "../runtime/errors.js";
import { normalizeImageName } from "./image-name.js";
import type { ImageSupply } from "./image-supply.js";

/** Unlike Kubernetes: begins at 5 s, not 10 s. */
const pullBackoff = { initialMs: 5_000, maxMs: 300_000, jitter: "none" } as const;

type Failure = Extract<ImageState, { state: "failed" }>;

export interface ImageStepDeps {
  readonly images: ImageSupply;
  readonly clock: Clock;
  readonly event: (event: PodEvent) => void;
}

/**
 * Makes sure that a container's image is there, as its pull policy says. What goes wrong is in the result, for the
 * container's status.
 *
 * @throws RuntimeError Unavailable; an abort error
 */
export async function ensureImage(
  container: Container,
  before: ImageState | undefined,
  deps: ImageStepDeps,
  signal: AbortSignal,
): Promise<ImageState> {
  const { name = "", image = "", imagePullPolicy: policy } = container;
  const failures = before?.state === "failed" ? before.failures : 0;
  const fail = (reason: Failure["reason"], message: string): ImageState => failed(reason, message, { failures, clock: deps.clock });
  const warn = (message: string): void => deps.event({ type: "Warning", reason: "Failed", message, container: name });

  const reference = normalizeImageName(image);
  if (reference === undefined) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
    deps.event({ type: "Warning", reason: "InspectFailed", message, container: name });
    warn("Error: InvalidImageName");
    return fail("InvalidImageName", message);
  }
  if (policy !== "Always") {
    if (await deps.images.isPresent(reference, signal)) {
      deps.event({ type: "Normal", reason: "Pulled", message: `Container image "${image}" already present on machine`, container: name });
      return { state: "present" };
    }
    if (policy === "Never") {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      deps.event({ type: "Warning", reason: "ErrImageNeverPull", message, container: name });
      warn("Error: ErrImageNeverPull");
      return fail("ErrImageNeverPull", message);
    }
  }
  deps.event({ type: "Normal", reason: "Pulling", message: `Pulling image "${image}"`, container: name });
  try {
    const { pullMs, totalMs } = await deps.images.pull(reference, signal);
    const message = `Successfully pulled image "${image}" in ${seconds(pullMs)} (${seconds(totalMs)} including waiting)`;
    deps.event({ type: "Normal", reason: "Pulled", message, container: name });
    return { state: "present" };
  } catch (error: unknown) {
    if (signal.aborted || isRuntimeUnavailable(error)) throw error;
    const message = `Failed to pull image "${image}": ${error instanceof Error ? error.message : String(error)}`;
    warn(message);
    warn("Error: ErrImagePull");
    return fail("ErrImagePull", message);
  }
}

/** The state once a failed pull is waited for, with its events. */
export function backOff(container: Container, failure: Failure, event: (event: PodEvent) => void): ImageState {
  const { name = "", image = "" } = container;
  const message = `Back-off pulling image "${image}"`;
  event({ type: "Normal", reason: "BackOff", message, container: name });
  event({ type: "Warning", reason: "Failed", message: "Error: ImagePullBackOff", container: name });
  return { ...failure, reason: "ImagePullBackOff", message: `${message}: ErrImagePull: ${failure.message}` };
}

function failed(
  reason: Failure["reason"],
  message: string,
  { failures, clock }: { readonly failures: number; readonly clock: Clock },
): ImageState {
  const nowMs = clock.monotonicMs();
  return {
    state: "failed",
    reason,
    message,
    failures: failures + 1,
    failedAtMs: nowMs,
    retryAtMs: nowMs + backoffMs(failures + 1, pullBackoff),
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)}s`;
}
