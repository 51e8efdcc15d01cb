import { UsageError } from "../usage-error.js";

/** Where something listens. */
export interface Address {
  /** Name or IP address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads HOST:PORT; an IPv6 address stands in brackets.
 *
 * @throws UsageError when it is not of that form
 */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/\s[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new UsageError(`"${text}" is not an address of the form HOST:PORT`, "For example: 192.168.1.10:7443");
  }
  return { host, port };
}

/** Whether a host is this machine by itself, which no other machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
