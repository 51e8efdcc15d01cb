import { isIP } from "node:net";
import { UsageError } from "../usage-error.js";

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  /** One of the two that "localhost" means: it is enough when the other can be had. */
  readonly isLocalhost: boolean;
}

/** Reads `--address`. @throws UsageError on what is neither an IP address nor "localhost" */
export function parseListenAddresses(texts: readonly string[]): readonly ListenAddress[] {
  const found = new Map<string, ListenAddress>();
  for (const text of texts) {
    if (text === "localhost") for (const host of ["127.0.0.1", "::1"]) found.set(host, { host, isLocalhost: true });
    else if (isIP(text) !== 0) found.set(text, found.get(text) ?? { host: text, isLocalhost: false });
    else throw new UsageError(`${text} is not a valid IP`);
  }
  return [...found.values()].sort((left, right) => (left.host < right.host ? -1 : 1));
}

/** "127.0.0.1:80", "[::1]:80". */
export function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
