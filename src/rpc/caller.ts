import { createPrivateKey, X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import type { ServerUnaryCall } from "@grpc/grpc-js";
import type { TlsMaterial } from "../base/tls/certificate.js";
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

/**
 * Reads a caller from the certificate and key that it holds, as a TLS handshake would: undefined when the CA did not
 * sign it, it is not valid now, the key is another's, or it names nobody.
 */
export function credentialsOfHolder({ cert, key }: Pick<TlsMaterial, "cert" | "key">, ca: string): Credentials | undefined {
  const certificate = new X509Certificate(cert);
  const issuer = new X509Certificate(ca);
  const now = Date.now();
  const isCurrent = Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
  const isGenuine = certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  if (!isCurrent || !isGenuine || !certificate.checkPrivateKey(createPrivateKey(key))) return undefined;
  return credentialsOf(certificate.toLegacyObject() as PeerCertificate);
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
