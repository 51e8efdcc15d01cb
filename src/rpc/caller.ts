import type { PeerCertificate } from "node:tls";
import type { ServerUnaryCall } from "@grpc/grpc-js";
import type { Caller } from "./contracts.js";

/** What a verified client certificate says of its owner. */
export interface Credentials {
  readonly caller: Caller;
  /** SHA-256 of the certificate, hex. */
  readonly certificateFingerprint: string;
}

/** Reads a caller from a certificate that TLS has verified; undefined when it names nobody. */
function credentialsOf(certificate: PeerCertificate | undefined): Credentials | undefined {
  if (certificate === undefined) return undefined;
  // A name may be given several times, and Node then lists them, whatever its types say.
  const names = listOf(certificate.subject?.CN);
  const [name] = names;
  if (name === undefined || name === "" || names.length > 1) return undefined;
  return {
    caller: { name, groups: listOf(certificate.subject.O) },
    certificateFingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

/** As much of a call as tells whose it is. */
type AuthenticatedCall = Pick<ServerUnaryCall<Buffer, Buffer>, "getAuthContext">;

/**
 * Who is at the other end of each connection. Reading a certificate costs a tenth of a small call, and HTTP/2 forbids
 * renegotiation, so that a connection's certificate is read once.
 */
export class CallerRegistry {
  private readonly byConnection = new WeakMap<object, Credentials>();

  /** Undefined when the call's connection has no verified certificate that names one caller. */
  of(call: AuthenticatedCall): Credentials | undefined {
    const connection = connectionOf(call);
    const known = connection === undefined ? undefined : this.byConnection.get(connection);
    if (known !== undefined) return known;
    const credentials = credentialsOf(call.getAuthContext().sslPeerCertificate);
    if (connection !== undefined && credentials !== undefined) this.byConnection.set(connection, credentials);
    return credentials;
  }
}

/** The HTTP/2 session, which grpc-js does not show in its types; where a later version hides it, nothing is remembered. */
function connectionOf(call: AuthenticatedCall): object | undefined {
  const inner = call as { readonly call?: { readonly stream?: { readonly session?: unknown } } };
  const session = inner.call?.stream?.session;
  return typeof session === "object" && session !== null ? session : undefined;
}
