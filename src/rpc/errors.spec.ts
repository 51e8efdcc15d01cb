import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { expect } from "chai";
import { ApiError, type Reason } from "../api/errors.js";
import { errorFromStatus, isConnectionRefused, isNeverSent, statusFromError } from "./errors.js";

const address = "10.0.0.1:7443";

function failure(code: number, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}

const layered = (reason: string): string =>
  `round_robin: No connection established. Last error: No connection established. Last error: ${reason} (2030-01-01T00:00:00.000Z). Resolution note: `;

describe("errorFromStatus", () => {
  const cases: readonly { it: string; error: ServiceError; reason: Reason; message?: string; refused?: boolean; neverSent?: boolean }[] = [
    {
      it: "a refused connection",
      error: failure(status.UNAVAILABLE, layered("connect ECONNREFUSED 10.0.0.1:7443")),
      reason: "ServiceUnavailable",
      message: "The connection to the server 10.0.0.1:7443 was refused - did you specify the right host or port?",
      refused: true,
      neverSent: true,
    },
    {
      it: "a host that cannot be reached",
      error: failure(status.UNAVAILABLE, layered("connect EHOSTUNREACH 10.0.0.1:7443")),
      reason: "ServiceUnavailable",
      message: "Unable to connect to the server 10.0.0.1:7443: connect EHOSTUNREACH 10.0.0.1:7443",
      neverSent: true,
    },
    {
      it: "a connection that the server closed at once",
      error: failure(status.UNAVAILABLE, layered("Failed to connect")),
      reason: "ServiceUnavailable",
      message:
        "Unable to connect to the server 10.0.0.1:7443: it closed the connection, as when it does not accept the client's certificate",
      neverSent: true,
    },
    {
      it: "a name that does not resolve",
      error: failure(status.UNAVAILABLE, "Name resolution failed for target dns:nowhere:1"),
      reason: "ServiceUnavailable",
      neverSent: true,
    },
    {
      it: "a server of another CA",
      error: failure(status.UNAVAILABLE, layered("self-signed certificate in certificate chain")),
      reason: "Unauthorized",
      message:
        "Unable to connect to the server 10.0.0.1:7443: its certificate is not trusted: self-signed certificate in certificate chain",
    },
    { it: "a connection lost under way", error: failure(status.UNAVAILABLE, "Connection dropped"), reason: "ServiceUnavailable" },
    {
      it: "a stream reset by a dying server",
      error: failure(status.INTERNAL, "Received RST_STREAM with code 2 (Internal server error)"),
      reason: "ServiceUnavailable",
    },
    { it: "a call dropped by the other side", error: failure(status.CANCELLED, "Call cancelled"), reason: "ServiceUnavailable" },
    {
      it: "a request over the limit",
      error: failure(status.RESOURCE_EXHAUSTED, "Received message larger than max (9000000 vs 8388608)"),
      reason: "RequestEntityTooLarge",
    },
    { it: "an overload", error: failure(status.RESOURCE_EXHAUSTED, "busy"), reason: "TooManyRequests" },
    { it: "an unknown method", error: failure(status.UNIMPLEMENTED, "no such method"), reason: "MethodNotAllowed" },
    { it: "an unknown code", error: failure(status.DATA_LOSS, "?"), reason: "InternalError" },
  ];
  for (const { it: what, error, reason, message, refused = false, neverSent = false } of cases) {
    it(`makes ${reason} of ${what}`, () => {
      const made = errorFromStatus(error, address);

      expect(made.reason).to.equal(reason);
      if (message !== undefined) expect(made.message).to.equal(message);
      expect(isConnectionRefused(made)).to.equal(refused);
      expect(isNeverSent(made)).to.equal(neverSent);
    });
  }
});

describe("statusFromError", () => {
  const codes: readonly (readonly [Reason, number])[] = [
    ["NotFound", status.NOT_FOUND],
    ["AlreadyExists", status.ALREADY_EXISTS],
    ["Conflict", status.ABORTED],
    ["Invalid", status.INVALID_ARGUMENT],
    ["BadRequest", status.INVALID_ARGUMENT],
    ["Forbidden", status.PERMISSION_DENIED],
    ["Unauthorized", status.UNAUTHENTICATED],
    ["Expired", status.OUT_OF_RANGE],
    ["TooManyRequests", status.RESOURCE_EXHAUSTED],
    ["Timeout", status.DEADLINE_EXCEEDED],
    ["ServiceUnavailable", status.UNAVAILABLE],
    ["InternalError", status.INTERNAL],
  ];
  for (const [reason, code] of codes) {
    it(`sends ${reason} as ${status[code]}, and it arrives as ${reason}`, () => {
      const sent = statusFromError(new ApiError(reason, "message"));
      const arrived = errorFromStatus(Object.assign(new Error("x"), sent), address);

      expect(sent.code).to.equal(code);
      expect(arrived).to.include({ reason, message: "message" });
    });
  }

  it("keeps grpc-message short, for it shares the trailers with the details", () => {
    const sent = statusFromError(new ApiError("BadRequest", "x".repeat(100_000)));

    expect(Buffer.byteLength(sent.details)).to.be.at.most(512);
  });
});
