import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ApiError, tooLarge, unauthorized, unavailable } from "../api/errors.js";
import { decodeErrorDetails, encodeErrorDetails, shorten } from "./error-details.js";
import { codesOf, reasonOfCode } from "./reason-codes.js";

const detailsKey = "grpc-status-details-bin";

/** `grpc-message` shares the trailers' size with the details, which carry the whole message. */
const maxGrpcMessageBytes = 512;

/** How a call ends on the wire. */
export interface WireStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** An error as the status that a server sends. */
export function statusFromError(error: ApiError): WireStatus {
  const metadata = new Metadata();
  metadata.set(detailsKey, encodeErrorDetails(error));
  return { code: codesOf(error.reason).grpc, details: shorten(error.message, maxGrpcMessageBytes), metadata };
}

/** Nobody listens at the server's address. */
class ConnectionRefusedError extends Error {
  override readonly name = "ConnectionRefusedError";
}

/** Whether a call failed because nobody listens at the server's address, so that the request surely never left. */
export function isConnectionRefused(error: unknown): error is ApiError {
  return error instanceof ApiError && error.cause instanceof ConnectionRefusedError;
}

/** The request surely never left this machine: no connection was there to send it on. */
class NoConnectionError extends Error {
  override readonly name = "NoConnectionError";
}

/** Whether a failed call surely never reached the server, so that even an unconditional write may be sent again. */
export function isNeverSent(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.cause instanceof ConnectionRefusedError || error.cause instanceof NoConnectionError);
}

/** Whoever answers at the server's address has not shown that it is of the cluster. */
class UntrustedServerError extends Error {
  override readonly name = "UntrustedServerError";
}

/** Whether a call failed because the server could not be trusted, which is no fault of the caller's own certificate. */
export function isUntrustedServer(error: unknown): error is ApiError {
  return error instanceof ApiError && error.cause instanceof UntrustedServerError;
}

/** What a caller is told when nobody listens at `address`. */
export function refusedConnection(address: string, cause?: unknown): ApiError {
  const refused = new ConnectionRefusedError("connection refused", { cause });
  return unavailable(`The connection to the server ${address} was refused - did you specify the right host or port?`, refused);
}

/** What grpc-js says of a call that ended badly, as an ApiError. `address` is the server's, for messages. */
export function errorFromStatus(error: ServiceError, address: string): ApiError {
  const [details] = error.metadata.get(detailsKey);
  const told = details instanceof Buffer ? decodeErrorDetails(details, error) : undefined;
  if (told !== undefined) return told;
  if (error.code === status.UNAVAILABLE) return connectionError(error, address);
  if (isTransportFailure(error)) return unavailable(`the connection to the server ${address} was lost`, error);
  if (error.code === status.RESOURCE_EXHAUSTED && /message (is )?larger than|size larger/i.test(error.details))
    return tooLarge(error.details);
  if (error.code === status.DEADLINE_EXCEEDED) {
    return new ApiError("Timeout", `the server ${address} did not answer in time`, { cause: error });
  }
  return new ApiError(reasonOfCode(error.code), error.details || "unknown error", { cause: error });
}

/** grpc-js tells of a reset stream as INTERNAL or CANCELLED, with nothing but this text to know it by. */
function isTransportFailure(error: ServiceError): boolean {
  return error.code === status.CANCELLED || (error.code === status.INTERNAL && error.details.startsWith("Received RST_STREAM"));
}

function connectionError(error: ServiceError, address: string): ApiError {
  const text = error.details;
  if (text.includes("ECONNREFUSED")) return refusedConnection(address, error);
  if (/alert certificate required|alert unknown ca|alert bad certificate|alert certificate/i.test(text)) {
    return unauthorized(`the server ${address} refused the client certificate`);
  }
  if (/certificate|altname/i.test(text)) {
    const message = `Unable to connect to the server ${address}: its certificate is not trusted: ${reasonOf(text)}`;
    return new ApiError("Unauthorized", message, { cause: new UntrustedServerError(text, { cause: error }) });
  }
  if (/No connection established|Name resolution failed/.test(text)) {
    return unavailable(`Unable to connect to the server ${address}: ${reasonOf(text)}`, new NoConnectionError(text, { cause: error }));
  }
  return unavailable(`the connection to the server ${address} was lost`, error);
}

/** The heart of what grpc-js says of a failed connection, without the layers that it went through. */
function reasonOf(text: string): string {
  const [, last = text] = /.*Last error: (.*?)(?: \(\d{4}-\d\d-\d\dT[^)]*\))?\.? Resolution note/s.exec(text) ?? [];
  if (/wrong version number/i.test(last)) return "it does not speak TLS";
  // TLS 1.3 lets a server refuse a certificate only when the client already believes that all is well.
  return last === "Failed to connect" ? "it closed the connection, as when it does not accept the client's certificate" : last;
}
