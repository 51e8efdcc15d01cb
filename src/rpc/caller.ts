import type { PeerCertificate } from "node:tls";
import type { Caller } from "./contracts.js";

/** What a verified client certificate says of its owner. */
export interface Credentials {
  readonly caller: Caller;
  /** SHA-256 of the certificate, hex. */
  readonly certificateFingerprint: string;
}

/** Reads a caller from a certificate that TLS has verified; undefined when it names nobody. */
export function credentialsOf(certificate: PeerCertificate | undefined): Credentials | undefined {
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
