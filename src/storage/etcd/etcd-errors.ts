import { status } from "@grpc/grpc-js";
import { StoreUnavailableError } from "../errors.js";

/** What an error of a call to etcd means. */
export type EtcdFailure = "unavailable" | "notSent" | "compacted" | "future" | "tooLarge" | "other";

const unavailableCodes: readonly number[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.UNKNOWN,
  status.INTERNAL,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.DATA_LOSS,
];

/**
 * Classifies an error. etcd3 keeps no status code on its errors, but their text begins with it; the texts of etcd's
 * errors are part of its client contract.
 */
export function classifyFailure(error: unknown): EtcdFailure {
  const text = error instanceof Error ? error.message : String(error);
  if (text.includes("required revision has been compacted")) return "compacted";
  if (text.includes("required revision is a future revision")) return "future";
  if (/Received message larger than max/.test(text)) return "tooLarge";
  // grpc-js says so when a call never got as far as a connection.
  if (/No connection established|Name resolution failed/.test(text)) return "notSent";
  const code = Number(/^(\d+) [A-Z_]+:/.exec(text)?.[1]);
  return unavailableCodes.includes(code) ? "unavailable" : "other";
}

/** An error for the caller: StoreUnavailableError for connection trouble and deadlines, anything else as it is. */
export function callError(error: unknown): unknown {
  const failure = classifyFailure(error);
  if (failure !== "unavailable" && failure !== "notSent" && failure !== "tooLarge") return error;
  return new StoreUnavailableError(`etcd did not answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
