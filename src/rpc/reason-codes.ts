import { status } from "@grpc/grpc-js";
import type { Reason } from "../api/errors.js";

interface Codes {
  /** gRPC's status code. */
  readonly grpc: number;
  /** HTTP's, as meta.v1.Status carries it. */
  readonly http: number;
}

const codesByReason: Readonly<Record<Reason, Codes>> = {
  NotFound: { grpc: status.NOT_FOUND, http: 404 },
  AlreadyExists: { grpc: status.ALREADY_EXISTS, http: 409 },
  Conflict: { grpc: status.ABORTED, http: 409 },
  Invalid: { grpc: status.INVALID_ARGUMENT, http: 422 },
  BadRequest: { grpc: status.INVALID_ARGUMENT, http: 400 },
  Forbidden: { grpc: status.PERMISSION_DENIED, http: 403 },
  Unauthorized: { grpc: status.UNAUTHENTICATED, http: 401 },
  Expired: { grpc: status.OUT_OF_RANGE, http: 410 },
  TooManyRequests: { grpc: status.RESOURCE_EXHAUSTED, http: 429 },
  RequestEntityTooLarge: { grpc: status.RESOURCE_EXHAUSTED, http: 413 },
  Timeout: { grpc: status.DEADLINE_EXCEEDED, http: 504 },
  ServiceUnavailable: { grpc: status.UNAVAILABLE, http: 503 },
  MethodNotAllowed: { grpc: status.UNIMPLEMENTED, http: 405 },
  InternalError: { grpc: status.INTERNAL, http: 500 },
};

/** For a status that carries no details of ours: from a proxy, from grpc-js itself, or from another server. */
const reasonByCode: ReadonlyMap<number, Reason> = new Map<number, Reason>([
  [status.NOT_FOUND, "NotFound"],
  [status.ALREADY_EXISTS, "AlreadyExists"],
  [status.ABORTED, "Conflict"],
  [status.INVALID_ARGUMENT, "BadRequest"],
  [status.PERMISSION_DENIED, "Forbidden"],
  [status.UNAUTHENTICATED, "Unauthorized"],
  [status.OUT_OF_RANGE, "Expired"],
  [status.RESOURCE_EXHAUSTED, "TooManyRequests"],
  [status.DEADLINE_EXCEEDED, "Timeout"],
  [status.UNAVAILABLE, "ServiceUnavailable"],
  // The other side dropped the call without saying why: it may be tried again, as after a lost connection.
  [status.CANCELLED, "ServiceUnavailable"],
  [status.UNIMPLEMENTED, "MethodNotAllowed"],
]);

/** The codes with which a reason travels. */
export function codesOf(reason: Reason): Codes {
  return codesByReason[reason];
}

/** The HTTP status by which Kubernetes knows a reason. */
export function httpCodeOf(reason: Reason): number {
  return codesByReason[reason].http;
}

/** The reason that a bare gRPC code stands for; InternalError for those that say nothing. */
export function reasonOfCode(code: number): Reason {
  return reasonByCode.get(code) ?? "InternalError";
}

/** Whether `text` is one of the reasons used here. */
export function isReason(text: string | undefined): text is Reason {
  return text !== undefined && Object.hasOwn(codesByReason, text);
}

/** A gRPC code's name, as "NOT_FOUND", for logs and metrics. */
export function codeName(code: number): string {
  return status[code] ?? "UNKNOWN";
}
