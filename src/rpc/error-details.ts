import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { ApiError, type CauseReason, type ErrorSubject, type FieldError } from "../api/errors.js";
import { Any } from "../gen/google/protobuf/any.js";
import { Status } from "../gen/howbernetes/meta/v1/status.js";
import { codesOf, isReason } from "./reason-codes.js";

/** Error details travel in trailers: at 60 KB a call hangs until its deadline, and other gRPC stacks stop at 8 KB of base64. */
export const maxDetailsBytes = 6 * 1024;

/** Leaves more than half of the details for causes. */
const maxMessageBytes = 2_048;
const maxNameBytes = 300;
const maxCauseBytes = 1_024;

const typeUrl = "type.googleapis.com/howbernetes.meta.v1.Status";

/**
 * `grpc-status-details-bin` of an error: a google.rpc.Status whose one detail is a meta.v1.Status. Never longer than
 * `maxDetailsBytes`: causes that do not fit become one that says "and N more", in the message too.
 */
export function encodeErrorDetails(error: ApiError): Buffer {
  // Invariant: `fits` causes fit, `fits` = 0 always does, `tooMany` do not.
  let fits = 0;
  let tooMany = error.causes.length + 1;
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (causesFit(error, middle)) fits = middle;
    else tooMany = middle;
  }
  return encodeRpcStatus(error, fits);
}

function causesFit(error: ApiError, kept: number): boolean {
  return Buffer.byteLength(messageOf(error, kept)) <= maxMessageBytes && encodeRpcStatus(error, kept).length <= maxDetailsBytes;
}

/** The message with its first `kept` causes: a message that lists causes is as long as they are. */
function messageOf(error: ApiError, kept: number): string {
  const dropped = error.causes.length - kept;
  if (dropped === 0 || error.reason !== "Invalid") return error.message;
  const [subject = ""] = error.message.split(" is invalid: ", 1);
  const texts = error.causes.slice(0, kept).map(({ path, message }) => `${path}: ${message}`);
  return `${shorten(subject, maxNameBytes)} is invalid: [${[...texts, `and ${dropped} more`].join(", ")}]`;
}

function encodeRpcStatus(error: ApiError, kept: number): Buffer {
  const { grpc } = codesOf(error.reason);
  const message = shorten(messageOf(error, kept), maxMessageBytes);
  const detail = Any.fromPartial({ type_url: typeUrl, value: Buffer.from(Status.encode(statusOf(error, message, kept)).finish()) });
  const writer = new BinaryWriter().uint32(8).int32(grpc).uint32(18).string(shorten(message, maxNameBytes));
  Any.encode(detail, writer.uint32(26).fork()).join();
  return Buffer.from(writer.finish());
}

function statusOf(error: ApiError, message: string, kept: number): Status {
  const causes = error.causes.slice(0, kept).map((cause) => ({
    reason: cause.reason,
    message: shorten(cause.message, maxCauseBytes),
    field: shorten(cause.path, maxCauseBytes),
  }));
  const dropped = error.causes.length - kept;
  if (dropped > 0) causes.push({ reason: "FieldValueInvalid", message: `and ${dropped} more`, field: "" });
  return Status.fromPartial({
    ...(error.continueToken === undefined ? {} : { metadata: { continue: error.continueToken } }),
    status: "Failure",
    reason: error.reason,
    message,
    code: codesOf(error.reason).http,
    details: {
      causes,
      ...(error.subject === undefined ? {} : subjectFields(error.subject)),
      ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
    },
  });
}

function subjectFields({ group, kind, name }: ErrorSubject): ErrorSubject {
  return { group: shorten(group, maxNameBytes), kind: shorten(kind, maxNameBytes), name: shorten(name, maxNameBytes) };
}

/** Cuts `text` to so many bytes of UTF-8, between characters, and repairs lone surrogates, which no header can carry. */
export function shorten(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return bytes.toString();
  const ellipsis = "...";
  let end = maxBytes - ellipsis.length;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString() + ellipsis;
}

/** The ApiError that `grpc-status-details-bin` tells of, or undefined when it holds none of ours. */
export function decodeErrorDetails(bytes: Uint8Array, cause: unknown): ApiError | undefined {
  try {
    const status = findStatus(bytes);
    return status === undefined ? undefined : toApiError(status, cause);
  } catch (_malformed: unknown) {
    // Details are an addition to the gRPC status: what cannot be read is left out, and the code still says what happened.
    return undefined;
  }
}

function findStatus(bytes: Uint8Array): Status | undefined {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field !== 3) {
      reader.skip(wireType, field);
      continue;
    }
    const any = Any.decode(reader.bytes());
    if (any.type_url === typeUrl) return Status.decode(any.value);
  }
  return undefined;
}

function toApiError(status: Status, cause: unknown): ApiError | undefined {
  const { details, reason } = status;
  const continueToken = status.metadata?.continue;
  if (!isReason(reason)) return undefined;
  const causes = (details?.causes ?? []).map(
    (each): FieldError => ({ path: each.field ?? "", reason: causeReason(each.reason), message: each.message ?? "" }),
  );
  return new ApiError(reason, status.message ?? reason, {
    causes,
    cause,
    ...(details?.kind === undefined ? {} : { subject: { group: details.group ?? "", kind: details.kind, name: details.name ?? "" } }),
    ...(continueToken === undefined ? {} : { continueToken }),
    ...(details?.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: details.retryAfterSeconds }),
  });
}

/** Every reason, so that one that is added without being known here does not compile. */
const causeReasons: Readonly<Record<CauseReason, true>> = {
  FieldValueRequired: true,
  FieldValueInvalid: true,
  FieldValueNotSupported: true,
  FieldValueDuplicate: true,
  FieldValueForbidden: true,
  FieldValueTooLong: true,
  FieldValueTooMany: true,
  FieldValueTypeInvalid: true,
  FieldValueNotFound: true,
  ResourceVersionTooLarge: true,
  FieldManagerConflict: true,
  DisruptionBudget: true,
};

const isCauseReason = (text: string): text is CauseReason => Object.hasOwn(causeReasons, text);

function causeReason(text: string | undefined): CauseReason {
  return text !== undefined && isCauseReason(text) ? text : "FieldValueInvalid";
}
