import { once } from "node:events";
import { createServer } from "node:net";
import type { Network } from "./cli-env.js";
import { UsageError } from "./usage-error.js";

/** The machine's own network. */
export const localNetwork: Network = {
  listen: async (host, port, connected) => {
    const server = createServer({ allowHalfOpen: true }, connected);
    server.listen({ host, port, ipv6Only: true });
    try {
      await once(server, "listening");
    } catch (error: unknown) {
      throw new UsageError(`unable to create listener: ${error instanceof Error ? error.message : String(error)}`);
    }
    const address = server.address();
    return {
      port: typeof address === "object" && address !== null ? address.port : port,
      close: () => void server.close(),
    };
  },
};
