import type { Whole } from "../../api/object.js";
import { type ImageName, parseImageName } from "../../api/values/image-name.js";
import { backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ImageState } from "../pods/pod-memory.js";
import type { PodEvent } from "../pods/pod-reporter.js";
import { isRuntimeUnavailable } from "../runtime/errors.js";
import type { ImageInfo, PullProgress } from "../runtime/image-store.js";
import type { ImageSupply } from "./image-supply.js";
import type { PullAccounts } from "./pull-accounts.js";
import { pullStep, pullText } from "./pull-text.js";

/** Unlike Kubernetes: begins at 5 s, not 10 s. */
const pullBackoff = { initialMs: 5_000, maxMs: 300_000, jitter: "none" } as const;

type Failure = Extract<ImageState, { state: "failed" }>;

/** Who is to hear of it. */
export interface ImageListener {
  readonly event: (event: PodEvent) => void;
  /** How far it is, for the status. */
  readonly progress: (text: string) => void;
}

export interface ImageStepDeps extends ImageListener {
  readonly images: ImageSupply;
  readonly accounts: PullAccounts;
  readonly clock: Clock;
}

/** Whose image is meant. */
export interface ImageUser {
  readonly pod: Whole<Pod>;
  readonly container: Container;
}

/**
 * Makes sure that a container's image is there, as its pull policy says. What goes wrong is in the result, for the
 * container's status.
 *
 * @throws RuntimeError Unavailable; an abort error
 */
export async function ensureImage(
  user: ImageUser,
  before: ImageState | undefined,
  deps: ImageStepDeps,
  signal: AbortSignal,
): Promise<ImageState> {
  const { name = "", image = "", imagePullPolicy: policy } = user.container;
  const tell = (type: PodEvent["type"], reason: string, message: string): void => deps.event({ type, reason, message, container: name });
  const fail = (reason: Failure["reason"], message: string, eventReason: string, eventMessage = message): ImageState => {
    tell("Warning", eventReason, eventMessage);
    tell("Warning", "Failed", `Error: ${reason}`);
    return failed(reason, message, { failures: before?.state === "failed" ? before.failures : 0, clock: deps.clock });
  };

  const imageName = parseImageName(image);
  if (imageName === undefined) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
    return fail("InvalidImageName", message, "InspectFailed");
  }
  if (policy !== "Always") {
    const present = await orFailure(deps.images.find(imageName, signal), signal);
    if ("error" in present) return fail("ImageInspectError", `Failed to inspect image "${image}": ${present.error}`, "InspectFailed");
    if (present.value !== undefined) {
      tell("Normal", "Pulled", `Container image "${image}" already present on machine`);
      return { state: "present" };
    }
    if (policy === "Never")
      return fail("ErrImageNeverPull", `Container image "${image}" is not present with pull policy of Never`, "ErrImageNeverPull");
  }
  const pulled = await orFailure(pull(user, imageName, deps, signal), signal);
  if ("error" in pulled) return fail("ErrImagePull", pulled.error, "Failed", `Failed to pull image "${image}": ${pulled.error}`);
  return { state: "present" };
}

async function pull({ pod, container }: ImageUser, name: ImageName, deps: ImageStepDeps, signal: AbortSignal): Promise<void> {
  const { name: containerName = "", image = "" } = container;
  const tell = (type: PodEvent["type"], reason: string, message: string): void =>
    deps.event({ type, reason, message, container: containerName });
  const { credentials, missing } = await deps.accounts.of(pod, name.repository, signal);
  if (missing.length > 0) {
    const secrets = missing.join(", ");
    const message = `Unable to retrieve some image pull secrets (${secrets}); attempting to pull the image may not succeed.`;
    deps.event({ type: "Warning", reason: "FailedToRetrieveImagePullSecret", message });
  }
  tell("Normal", "Pulling", `Pulling image "${image}"`);
  let toldStep = 0;
  const onProgress = (progress: PullProgress | undefined, isBegun: boolean): void => {
    if (progress === undefined) {
      deps.progress(isBegun ? "Pulling" : "Waiting for other images to be pulled");
      return;
    }
    deps.progress(pullText(progress));
    const step = pullStep(progress);
    if (step <= toldStep) return;
    toldStep = step;
    tell("Normal", "Pulling", `Pulling image "${image}": ${pullText(progress).replace(/^Pulling /, "")}`);
  };
  const { image: found, pullMs, totalMs } = await deps.images.pull({ name, credentials, onProgress }, signal);
  const times = `in ${seconds(pullMs)} (${seconds(totalMs)} including waiting)`;
  tell("Normal", "Pulled", `Successfully pulled image "${image}" ${times}. Image size: ${found.sizeBytes} bytes.`);
}

/**
 * By what a container's status calls its image: the digest by which its registry knows it, or else the runtime's id
 * for it.
 */
export function imageIdOf({ id, digests }: ImageInfo, image: string): string {
  const repository = parseImageName(image)?.repository;
  const names = digests.map((digest) => parseImageName(digest)).filter((name) => name !== undefined);
  return (names.find((name) => name.repository === repository) ?? names[0])?.canonical ?? id;
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

/** What the pod's user has to know of is a value; the runtime's absence and an abort are thrown. */
async function orFailure<T>(work: Promise<T>, signal: AbortSignal): Promise<{ readonly value: T } | { readonly error: string }> {
  try {
    return { value: await work };
  } catch (error: unknown) {
    if (signal.aborted || isRuntimeUnavailable(error)) throw error;
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)}s`;
}
