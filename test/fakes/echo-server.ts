import { createLog } from "../../src/base/log.js";
import type { TlsMaterial } from "../../src/base/tls/certificate.js";
import { createChannel, type RpcChannel } from "../../src/rpc/channel.js";
import { createRpcClient } from "../../src/rpc/client.js";
import type { Handlers, RpcClient } from "../../src/rpc/contracts.js";
import { createRpcServer, type RpcServer } from "../../src/rpc/server.js";
import type { CallRecord } from "../../src/rpc/server-call.js";
import { echoService } from "./echo-service.js";
import { createTestPki, type TestPki } from "./test-pki.js";

export type Echo = typeof echoService;

/** The ways to a server: a test of what both must do runs once for each. */
export const transports = ["TLS", "in-process"] as const;
type Transport = (typeof transports)[number];

const never = async (): Promise<never> => {
  throw new Error("unscripted call");
};

/** Handlers that throw on whatever a test did not script. */
export function echoHandlers(scripted: Partial<Handlers<Echo>>): Handlers<Echo> {
  return {
    once: never,
    // biome-ignore lint/correctness/useYield: it only throws
    stream: async function* () {
      await never();
    },
    // biome-ignore lint/correctness/useYield: it only throws
    both: async function* () {
      await never();
    },
    ...scripted,
  };
}

/** A server that listens, and what it has been called for. */
export interface EchoServer {
  readonly server: RpcServer;
  readonly address: string;
  readonly calls: CallRecord[];
  /** Clients by the transport that the test is about, as the node n1 unless told otherwise. */
  client(tls?: TlsMaterial): RpcClient<Echo>;
  channel(tls?: TlsMaterial): RpcChannel;
}

/** Makes servers and channels with certificates of one CA, and closes them all. */
export class EchoServers {
  private readonly closers: (() => void | Promise<void>)[] = [];

  private constructor(
    readonly pki: TestPki,
    readonly serverTls: TlsMaterial,
    readonly clientTls: TlsMaterial,
  ) {}

  static async create(): Promise<EchoServers> {
    const pki = await createTestPki();
    return new EchoServers(pki, await pki.server(), await pki.client("system:node:n1", ["system:nodes"]));
  }

  async serve(scripted: Partial<Handlers<Echo>>, transport: Transport = "TLS"): Promise<EchoServer> {
    const calls: CallRecord[] = [];
    const observer = { onCall: (call: CallRecord) => void calls.push(call) };
    const server = createRpcServer({ tls: this.serverTls, log: createLog("test", "silent"), observer });
    server.add(echoService, echoHandlers(scripted));
    const { host, port } = await server.listen("127.0.0.1:0");
    this.atEnd(() => server.stop(0));
    const address = `${host}:${port}`;
    const channel = (tls = this.clientTls): RpcChannel =>
      transport === "TLS" ? this.dial(address, tls) : this.opened(server.connect(tls));
    return { server, address, calls, channel, client: (tls) => createRpcClient(echoService, channel(tls)) };
  }

  /** A channel over the network. */
  dial(address: string, tls: TlsMaterial = this.clientTls): RpcChannel {
    return this.opened(createChannel({ address, tls, purpose: "unary" }));
  }

  atEnd(close: () => void | Promise<void>): void {
    this.closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }

  private opened(channel: RpcChannel): RpcChannel {
    this.atEnd(() => channel.close());
    return channel;
  }
}
