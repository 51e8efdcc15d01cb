import { formatHostPort, parseHostPort } from "../base/host-port.js";

/** The address at which a listener is reached from its own machine: loopback where it listens on all addresses. */
export function dialableAddress(listen: string): string {
  const { host, port } = parseHostPort(listen);
  if (host === "0.0.0.0") return formatHostPort({ host: "127.0.0.1", port });
  return host === "::" ? formatHostPort({ host: "::1", port }) : listen;
}
