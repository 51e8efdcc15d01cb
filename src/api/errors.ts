import { isAbort } from "../base/abort.js";

/** Kubernetes' machine-readable reasons (meta.v1.Status.reason) that are used here. */
export type Reason =
  | "NotFound"
  | "AlreadyExists"
  | "Conflict"
  | "Invalid"
  | "BadRequest"
  | "Forbidden"
  | "Unauthorized"
  | "Expired"
  | "TooManyRequests"
  | "RequestEntityTooLarge"
  | "Timeout"
  | "ServiceUnavailable"
  | "MethodNotAllowed"
  | "InternalError";

/** Kubernetes' reasons for a field error, for a conflict over a field, or for a refusal (meta.v1.StatusCause.reason). */
export type CauseReason =
  | "FieldValueRequired"
  | "FieldValueInvalid"
  | "FieldValueNotSupported"
  | "FieldValueDuplicate"
  | "FieldValueForbidden"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "FieldValueTypeInvalid"
  | "FieldValueNotFound"
  | "ResourceVersionTooLarge"
  | "FieldManagerConflict"
  | "DisruptionBudget";

/** What is wrong with one field. */
export interface FieldError {
  /** Path from the object's root, as "spec.containers[0].image". */
  readonly path: string;
  readonly reason: CauseReason;
  /** Kubernetes' sentence without the path, as `Invalid value: -1: must be greater than or equal to 0`. */
  readonly message: string;
}

/** What an error is about, for messages and meta.v1.Status.details. */
export interface ErrorSubject {
  /** Group, "" for core. */
  readonly group: string;
  /** Plural resource for most reasons, Kind for Invalid, as Kubernetes prints them. */
  readonly kind: string;
  readonly name: string;
}

interface ApiErrorOptions {
  readonly subject?: ErrorSubject;
  readonly causes?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly continueToken?: string;
  readonly cause?: unknown;
}

/** The one error that crosses component boundaries: a Kubernetes reason and a message for people. Make it by the factories. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly subject: ErrorSubject | undefined;
  readonly causes: readonly FieldError[];
  /** How long a caller should wait, for TooManyRequests and ServiceUnavailable. */
  readonly retryAfterSeconds: number | undefined;
  /** Of an expired list: fetches the rest as it is now (meta.v1.Status.metadata.continue). */
  readonly continueToken: string | undefined;

  constructor(
    readonly reason: Reason,
    message: string,
    options: ApiErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.subject = options.subject;
    this.causes = options.causes ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.continueToken = options.continueToken;
  }

  /** The only door from a `catch`: an ApiError stays what it is, anything else becomes InternalError with its cause kept. */
  static from(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    if (isAbort(error)) return new ApiError("Timeout", "the request was canceled", { cause: error });
    return new ApiError("InternalError", "internal error", { cause: error });
  }
}

/** `deployments.apps`, or `pods` for the core group: how messages name a resource. */
export function qualifiedResource(group: string, resource: string): string {
  return group === "" ? resource : `${resource}.${group}`;
}

const quoted = ({ group, kind, name }: ErrorSubject): string => `${qualifiedResource(group, kind)} "${name}"`;

export function notFound(subject: ErrorSubject): ApiError {
  return new ApiError("NotFound", `${quoted(subject)} not found`, { subject });
}

export function alreadyExists(subject: ErrorSubject): ApiError {
  return new ApiError("AlreadyExists", `${quoted(subject)} already exists`, { subject });
}

/** No name that the server made up for an object was free; the subject has the last one. */
export function generatedNameTaken(subject: ErrorSubject): ApiError {
  const detail = "already exists, the server was not able to generate a unique name for the object";
  return new ApiError("AlreadyExists", `${quoted(subject)} ${detail}`, { subject });
}

/** A stale write. `detail` defaults to Kubernetes' sentence about a changed object. */
export function conflict(
  subject: ErrorSubject,
  detail = "the object has been modified; please apply your changes to the latest version and try again",
): ApiError {
  return new ApiError("Conflict", `Operation cannot be fulfilled on ${quoted(subject)}: ${detail}`, { subject });
}

/** An object that breaks its kind's rules; `subject.kind` is the Kind, as "Pod". */
export function invalid(subject: ErrorSubject, causes: readonly FieldError[]): ApiError {
  const texts = causes.map(({ path, message }) => `${path}: ${message}`);
  const all = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  return new ApiError("Invalid", `${quoted(subject)} is invalid: ${all}`, { subject, causes });
}

/** A request that is well formed and does not fit the object that it is about. */
export function unprocessable(detail: string): ApiError {
  return new ApiError("Invalid", `the server rejected our request due to an error in our request: ${detail}`);
}

export function badRequest(message: string, causes: readonly FieldError[] = []): ApiError {
  return new ApiError("BadRequest", message, { causes });
}

export function forbidden(subject: ErrorSubject, detail: string): ApiError {
  return new ApiError("Forbidden", `${quoted(subject)} is forbidden: ${detail}`, { subject });
}

export function unauthorized(message = "Unauthorized"): ApiError {
  return new ApiError("Unauthorized", message);
}

/** A resourceVersion or continue token older than the history kept; `continueToken` fetches the rest of the list all the same. */
export function expired(message = "The resourceVersion for the provided watch is too old.", continueToken?: string): ApiError {
  return new ApiError("Expired", message, continueToken === undefined ? {} : { continueToken });
}

export function tooManyRequests(message: string, retryAfterSeconds: number): ApiError {
  return new ApiError("TooManyRequests", message, { retryAfterSeconds });
}

/** An eviction that the pod's disruption budget does not allow now; `why` tells which budget, and what it lacks. */
export function overBudget(why: string, retryAfterSeconds = 0): ApiError {
  return new ApiError("TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ path: "", reason: "DisruptionBudget", message: why }],
    retryAfterSeconds,
  });
}

export function tooLarge(message: string): ApiError {
  return new ApiError("RequestEntityTooLarge", message);
}

export function timedOut(message: string, cause?: unknown): ApiError {
  return new ApiError("Timeout", message, { cause });
}

/** A read that must be no older than `wanted`, where `current` is the newest there is. */
export function tooLargeResourceVersion(wanted: number, current: number): ApiError {
  return new ApiError("Timeout", `Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ path: "", reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

export function unavailable(message: string, cause?: unknown): ApiError {
  return new ApiError("ServiceUnavailable", message, { cause });
}

export function methodNotAllowed(message: string): ApiError {
  return new ApiError("MethodNotAllowed", message);
}

export function internalError(message: string, cause?: unknown): ApiError {
  return new ApiError("InternalError", message, { cause });
}

const hasReason =
  (...reasons: readonly Reason[]) =>
  (error: unknown): error is ApiError =>
    error instanceof ApiError && reasons.includes(error.reason);

export const isApiError = (error: unknown): error is ApiError => error instanceof ApiError;
export const isNotFound = hasReason("NotFound");
export const isAlreadyExists = hasReason("AlreadyExists");
export const isConflict = hasReason("Conflict");
export const isInvalid = hasReason("Invalid");
export const isBadRequest = hasReason("BadRequest");
export const isForbidden = hasReason("Forbidden");
export const isUnauthorized = hasReason("Unauthorized");
export const isExpired = hasReason("Expired");
export const isTooManyRequests = hasReason("TooManyRequests");
/** Whether an eviction was refused by a disruption budget, which lasts until pods have changed. */
export const isOverBudget = (error: unknown): error is ApiError =>
  isTooManyRequests(error) && error.causes.some(({ reason }) => reason === "DisruptionBudget");
export const isMethodNotAllowed = hasReason("MethodNotAllowed");
export const isTooLarge = hasReason("RequestEntityTooLarge");
export const isTimeout = hasReason("Timeout");
export const isUnavailable = hasReason("ServiceUnavailable");
export const isInternal = hasReason("InternalError");
