import { type HostPort, parseHostPort } from "../../base/host-port.js";
import { UsageError } from "../usage-error.js";

/**
 * Reads the HOST:PORT of a server; an IPv6 address stands in brackets.
 *
 * @throws UsageError when it is not of that form
 */
export function parseAddress(text: string): HostPort {
  try {
    const address = parseHostPort(text);
    if (address.port > 0) return address;
  } catch (_notAnAddress: unknown) {
    // Said below, in the words of a command line.
  }
  throw new UsageError(`"${text}" is not an address of the form HOST:PORT`, "For example: 192.168.1.10:7443");
}

/** Whether a host is this machine by itself, which no other machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
