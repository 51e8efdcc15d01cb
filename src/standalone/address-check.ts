import { createServer } from "node:net";
import { parseHostPort } from "../base/host-port.js";
import { StartupError } from "./startup-error.js";

/**
 * Makes sure that an address can be listened on, so that the commonest mistake, a second cluster on the same ports, is
 * told before anything is touched, and in one line.
 * @throws StartupError when it cannot
 */
export async function checkAddress(address: string): Promise<void> {
  const { host, port } = parseHostPort(address);
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) => reject(new StartupError(explain(address, error))));
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function explain(address: string, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "EADDRINUSE":
      return `${address} is in use already: is another cluster running? Choose another with --listen or --http-listen`;
    case "EADDRNOTAVAIL":
      return `${address} is not an address of this machine`;
    case "EACCES":
      return `listening on ${address} is not permitted: ports below 1024 need privileges`;
    default:
      return `cannot listen on ${address}: ${message}`;
  }
}
