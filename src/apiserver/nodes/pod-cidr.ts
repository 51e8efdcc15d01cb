import { createHash } from "node:crypto";

const nodePrefixBits = 24;

interface Range {
  readonly first: number;
  /** How many /24 networks fit. */
  readonly networks: number;
}

/**
 * Chooses a /24 of the cluster's range that no node has, or undefined when all are taken. The search starts at a place
 * that `seed` decides, so that clusters that share an engine seldom collide.
 */
export function planPodCidr(clusterCidr: string, taken: ReadonlySet<string>, seed: string): string | undefined {
  const { first, networks } = parseRange(clusterCidr);
  const start = createHash("sha256").update(seed).digest().readUInt32BE(0) % networks;
  for (let step = 0; step < networks; step += 1) {
    const network = formatAddress(first + ((start + step) % networks) * 2 ** (32 - nodePrefixBits));
    const cidr = `${network}/${nodePrefixBits}`;
    if (!taken.has(cidr)) return cidr;
  }
  return undefined;
}

/** Throws an Error unless the text is an IPv4 range that /24 networks fit into, as "10.244.0.0/16". */
export function checkClusterCidr(text: string): void {
  parseRange(text);
}

function parseRange(text: string): Range {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  const [a = -1, b = -1, c = -1, d = -1, bits = -1] = (match ?? []).slice(1).map(Number);
  const valid = [a, b, c, d].every((byte) => byte >= 0 && byte <= 255) && bits >= 8 && bits <= nodePrefixBits;
  if (!valid) throw new Error(`"${text}" is not a range for pods: expected IPv4 with a prefix of 8 to ${nodePrefixBits}, as 10.244.0.0/16`);
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { first: Math.floor(address / size) * size, networks: 2 ** (nodePrefixBits - bits) };
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
