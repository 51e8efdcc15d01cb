/** What went wrong, as far as a caller acts on it. */
export type RuntimeErrorReason = "Unavailable" | "NotFound" | "ImageNotFound" | "NameTaken" | "Misconfigured" | "Invalid" | "Failed";

/** The one error that leaves a container runtime; its message is fit for a pod's status. Test it by the predicates. */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";

  constructor(
    readonly reason: RuntimeErrorReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

export function isRuntimeError(error: unknown): error is RuntimeError {
  return error instanceof RuntimeError;
}

const hasReason =
  (reason: RuntimeErrorReason) =>
  (error: unknown): error is RuntimeError =>
    error instanceof RuntimeError && error.reason === reason;

/** The runtime does not answer, or hangs: nothing is known of what it did. */
export const isRuntimeUnavailable = hasReason("Unavailable");
export const isContainerNotFound = hasReason("NotFound");
export const isImageNotFound = hasReason("ImageNotFound");
/** A container that is not ours has the name that ours would get. */
export const isNameTaken = hasReason("NameTaken");
/** What the container is to be contradicts itself, its image or the node: the runtime was not asked for it. */
export const isMisconfigured = hasReason("Misconfigured");
