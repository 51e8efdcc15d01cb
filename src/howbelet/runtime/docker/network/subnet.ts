/** How the addresses of a node's pods are shared out between the agent and the container engine. */
export interface PodSubnet {
  readonly prefix: number;
  /** The bridge's own address, through which pods reach everything else. */
  readonly gateway: string;
  /** The first and last address that the agent gives to pods, as numbers. */
  readonly first: number;
  readonly last: number;
  /** What is left to the engine, for the pods whose host ports it publishes: a quarter, in CIDR notation. */
  readonly engineRange: string;
}

/** Whether the agent may have given a pod this address. */
export function isOwnAddress({ first, last }: PodSubnet, address: string): boolean {
  const number = parseIpv4(address);
  return number !== undefined && number >= first && number <= last;
}

/** Longer prefixes leave no quarter of four addresses. */
const maxPrefix = 28;

/** Shares out an IPv4 subnet in CIDR notation; undefined when it is none, or too small. */
export function shareSubnet(cidr: string): PodSubnet | undefined {
  const [address = "", bits = ""] = cidr.split("/");
  const given = parseIpv4(address);
  const prefix = Number(bits);
  if (given === undefined || !Number.isInteger(prefix) || prefix < 1 || prefix > maxPrefix) return undefined;

  const size = 2 ** (32 - prefix);
  const base = given - (given % size);
  const engineBase = base + size * 0.75;
  return {
    prefix,
    gateway: formatIpv4(base + 1),
    first: base + 2,
    last: engineBase - 1,
    engineRange: `${formatIpv4(engineBase)}/${prefix + 2}`,
  };
}

/** An address in dotted notation. */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}

function parseIpv4(address: string): number | undefined {
  const octets = address.split(".").map(Number);
  const isAddress = octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 255);
  return isAddress ? octets.reduce((sum, octet) => sum * 256 + octet, 0) : undefined;
}
