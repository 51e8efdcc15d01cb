import { createPrivateKey, webcrypto } from "node:crypto";

// P-256 is what every TLS stack has, and a signature costs a tenth of a millisecond.
const keyAlgorithm = { name: "ECDSA", namedCurve: "P-256" };

/** How every certificate of the cluster is signed. */
export const signingAlgorithm = { ...keyAlgorithm, hash: "SHA-256" };

/** Makes an ECDSA key pair on P-256. */
export async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
}

/** PKCS #8, PEM. */
export async function privateKeyToPem(key: webcrypto.CryptoKey): Promise<string> {
  return privateKeyPem(Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)));
}

/** Reads what `privateKeyToPem` wrote. */
export async function privateKeyFromPem(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", privateKeyDer(pem), keyAlgorithm, false, ["sign"]);
}

/** PEM of a DER key (PKCS #8). */
export function privateKeyPem(der: Buffer): string {
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ format: "pem", type: "pkcs8" }).toString();
}

/** DER (PKCS #8) of a PEM key. */
export function privateKeyDer(pem: string): Buffer {
  return createPrivateKey(pem).export({ format: "der", type: "pkcs8" });
}
