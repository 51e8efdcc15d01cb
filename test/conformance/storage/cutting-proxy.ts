import { createConnection, createServer, type Server, type Socket } from "node:net";

/** Forwards TCP connections to a server, and cuts them at chosen points. */
export interface CuttingProxy {
  readonly endpoint: string;
  /** The next connections are cut after so many bytes from the server, one connection for each number; later ones are not. */
  cutNextAfter(bytes: readonly number[]): void;
  /** Cuts the connections that there are. */
  cutAll(): void;
  /** While refusing, new connections are cut at once. */
  refuse(refusing: boolean): void;
  /** Connections cut so far. */
  readonly cuts: number;
  /** Bytes that have come from the server so far. */
  readonly received: number;
  close(): Promise<void>;
}

/** Starts a proxy to "host:port" on a free port. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const [host = "", port = ""] = target.split(":");
  const pairs = new Set<readonly [Socket, Socket]>();
  let budgets: number[] = [];
  let refusing = false;
  let cuts = 0;
  let received = 0;

  const cut = (pair: readonly [Socket, Socket]): void => {
    if (!pairs.delete(pair)) return;
    cuts += 1;
    for (const socket of pair) socket.destroy();
  };
  const server = createServer((client) => {
    const upstream = createConnection(Number(port), host);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    let left = refusing ? 0 : (budgets.shift() ?? Number.POSITIVE_INFINITY);
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => cut(pair));
    }
    if (left === 0) {
      cut(pair);
      return;
    }
    client.pipe(upstream);
    upstream.on("data", (chunk: Buffer) => {
      client.write(chunk.subarray(0, Math.min(left, chunk.length)));
      left -= chunk.length;
      received += chunk.length;
      if (left <= 0) client.end(() => cut(pair));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `127.0.0.1:${portOf(server)}`,
    cutNextAfter: (bytes) => {
      budgets = [...bytes];
    },
    cutAll: () => {
      for (const pair of pairs) cut(pair);
    },
    refuse: (now) => {
      refusing = now;
    },
    get cuts() {
      return cuts;
    },
    get received() {
      return received;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const pair of pairs) cut(pair);
      await closed;
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy does not listen");
  return address.port;
}
