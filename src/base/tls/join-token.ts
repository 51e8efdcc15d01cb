import { createHash } from "node:crypto";
import { certificateDer, certificateExpiryMs, certificatePem, isIssuedBy, type TlsMaterial } from "./certificate.js";
import { privateKeyDer, privateKeyPem } from "./keys.js";

const prefix = "howbe1.";
const checksumBytes = 4;

/** Text that is not a usable join token; the message is for whoever pasted it. */
class JoinTokenError extends Error {
  override readonly name = "JoinTokenError";
}

/**
 * Writes all that a machine needs to join, as one word: the cluster's CA, which it will trust and no other, and a
 * certificate with its key that are good for Nodes.Join alone. `howbe1.` then base64url of a checksum and the three
 * parts in DER, each after its length.
 */
export function formatJoinToken({ ca, cert, key }: TlsMaterial): string {
  const parts = [certificateDer(ca), certificateDer(cert), privateKeyDer(key)];
  const body = Buffer.concat(parts.flatMap((part) => [lengthOf(part), part]));
  return prefix + Buffer.concat([checksum(body), body]).toString("base64url");
}

/**
 * Reads what `formatJoinToken` wrote.
 * @throws JoinTokenError when the text is not a token, is damaged, or has expired
 */
export function parseJoinToken(text: string, nowMs: number = Date.now()): TlsMaterial {
  const token = text.trim();
  if (!token.startsWith(prefix)) throw new JoinTokenError(`not a join token: it must begin with ${prefix}`);
  const bytes = Buffer.from(token.slice(prefix.length), "base64url");
  const body = bytes.subarray(checksumBytes);
  if (!checksum(body).equals(bytes.subarray(0, checksumBytes)))
    throw new JoinTokenError("the join token is damaged: was all of it copied?");

  const material = readParts(body);
  if (certificateExpiryMs(material.cert) <= nowMs) throw new JoinTokenError("the join token has expired: ask for another");
  return material;
}

function readParts(body: Buffer): TlsMaterial {
  try {
    const [ca, rest] = takePart(body);
    const [cert, last] = takePart(rest);
    const [key] = takePart(last);
    const material = { ca: certificatePem(ca), cert: certificatePem(cert), key: privateKeyPem(key) };
    if (!isIssuedBy(material.cert, material.ca)) throw new Error("its certificate is not of its CA");
    return material;
  } catch (error: unknown) {
    throw new JoinTokenError("the join token is not one of this program's", { cause: error });
  }
}

function takePart(bytes: Buffer): readonly [Buffer, Buffer] {
  const end = 2 + bytes.readUInt16BE(0);
  return [bytes.subarray(2, end), bytes.subarray(end)];
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(part.length);
  return length;
}

function checksum(body: Buffer): Buffer {
  return createHash("sha256").update(body).digest().subarray(0, checksumBytes);
}
