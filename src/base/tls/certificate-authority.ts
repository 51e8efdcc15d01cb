import "./reflection-shim.js";
import type { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  type PublicKey,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { type CertificateSubject, certificatePem, type KeyPair } from "./certificate.js";
import { generateKeys, privateKeyFromPem, privateKeyToPem, signingAlgorithm } from "./keys.js";

/** How a leaf certificate is used: to call, to be called, or both. */
type CertificateUsage = "client" | "server" | "both";

export interface LeafOptions extends CertificateSubject {
  readonly usage: CertificateUsage;
  /** Names and addresses under which a server may be reached. */
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** How long it is good for; 365 by default, fractions allowed. */
  readonly days?: number;
  /** Wall-clock time to count from; the present by default. */
  readonly nowMs?: number;
}

const dayMs = 24 * 60 * 60 * 1000;

// Machines' clocks differ: a certificate is good from an hour before it was made.
const clockSkewMs = 60 * 60 * 1000;

/** Makes a CA of its own: P-256, good for ten years. Its key must never leave the api-server's directory. */
export async function createCertificateAuthority(commonName: string, nowMs: number = Date.now()): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: nameOf({ commonName, organizations: ["howbernetes"] }),
    notBefore: new Date(nowMs - clockSkewMs),
    notAfter: new Date(nowMs + 10 * 365 * dayMs),
    signingAlgorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: certificatePem(Buffer.from(certificate.rawData)), key: await privateKeyToPem(keys.privateKey) };
}

/** Makes a key and a certificate for it. */
export async function issueCertificate(ca: KeyPair, options: LeafOptions): Promise<KeyPair> {
  const keys = await generateKeys();
  return { certificate: await certify(ca, keys.publicKey, options), key: await privateKeyToPem(keys.privateKey) };
}

/** Makes a key, which stays here, and the request (PKCS #10, DER) with which to have it certified. */
export async function createCertificateRequest(commonName: string): Promise<{ readonly request: Buffer; readonly key: string }> {
  const keys = await generateKeys();
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: nameOf({ commonName, organizations: [] }),
    keys,
    signingAlgorithm,
  });
  return { request: Buffer.from(request.rawData), key: await privateKeyToPem(keys.privateKey) };
}

/**
 * Certifies the key of a request (PKCS #10, DER) for whom the options say; what the request claims of itself is not
 * read. Throws an Error when it is no request, is not signed by its own key, or its key is not P-256.
 */
export async function signCertificateRequest(ca: KeyPair, request: Buffer, options: LeafOptions): Promise<string> {
  const parsed = parseRequest(request);
  if (!(await parsed.verify().catch((_unverifiable: unknown) => false)))
    throw new Error("the certificate signing request is not signed by its key");
  const algorithm: { readonly name: string; readonly namedCurve?: string } = parsed.publicKey.algorithm;
  if (algorithm.name !== "ECDSA" || algorithm.namedCurve !== "P-256")
    throw new Error("the key to be certified must be an ECDSA key on P-256");
  return certify(ca, parsed.publicKey, options);
}

function parseRequest(der: Buffer): Pkcs10CertificateRequest {
  try {
    return new Pkcs10CertificateRequest(new Uint8Array(der));
  } catch (error: unknown) {
    throw new Error("not a certificate signing request", { cause: error });
  }
}

async function certify(ca: KeyPair, publicKey: PublicKey | webcrypto.CryptoKey, options: LeafOptions): Promise<string> {
  const nowMs = options.nowMs ?? Date.now();
  const issuer = new X509Certificate(ca.certificate);
  // No certificate outlives the CA that vouches for it.
  const notAfterMs = Math.min(nowMs + (options.days ?? 365) * dayMs, issuer.notAfter.getTime());
  const certificate = await X509CertificateGenerator.create({
    subject: nameOf(options),
    issuer: issuer.subject,
    notBefore: new Date(nowMs - clockSkewMs),
    notAfter: new Date(notAfterMs),
    signingAlgorithm,
    publicKey,
    signingKey: await privateKeyFromPem(ca.key),
    extensions: leafExtensions(options),
  });
  return certificatePem(Buffer.from(certificate.rawData));
}

function leafExtensions({ usage, dnsNames = [], ipAddresses = [] }: LeafOptions): Extension[] {
  const usages = [
    ...(usage === "server" ? [] : [ExtendedKeyUsage.clientAuth]),
    ...(usage === "client" ? [] : [ExtendedKeyUsage.serverAuth]),
  ];
  const names: JsonGeneralName[] = [
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...ipAddresses.filter((address) => isIP(address) !== 0).map((value) => ({ type: "ip" as const, value })),
  ];
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(usages, false),
    ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
  ];
}

function nameOf({ commonName, organizations }: CertificateSubject): JsonName {
  // In the library's JSON form, so that no value is parsed for separators.
  return [...organizations.map((organization) => ({ O: [organization] })), { CN: [commonName] }];
}
