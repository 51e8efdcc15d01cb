import { X509Certificate } from "node:crypto";

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a TLS endpoint of the cluster presents, and whom it trusts; all PEM. */
export interface TlsMaterial {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Whom a certificate is for: Kubernetes' user and groups. */
export interface CertificateSubject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** SHA-256 of a certificate (PEM or DER) in lower-case hex. */
export function certificateFingerprint(certificate: string | Buffer): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
}

/** When a certificate (PEM or DER) ends, in milliseconds since 1970. */
export function certificateExpiryMs(certificate: string | Buffer): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}

/** Whether `certificate` was signed by `ca`, both PEM. False for text that is no certificate. */
export function isIssuedBy(certificate: string, ca: string): boolean {
  try {
    const issuer = new X509Certificate(ca);
    const issued = new X509Certificate(certificate);
    return issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
  } catch (_unreadable: unknown) {
    return false;
  }
}

/** PEM of a DER certificate. */
export function certificatePem(der: Buffer): string {
  return new X509Certificate(der).toString();
}

/** DER of a PEM certificate. */
export function certificateDer(pem: string): Buffer {
  return new X509Certificate(pem).raw;
}
