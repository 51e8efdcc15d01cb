import { packAny } from "../../src/api/codec/any.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import { createLog } from "../../src/base/log.js";
import { type ApiClientOptions, createApiClient, type RemoteApiClient } from "../../src/client/client.js";
import { PodsService } from "../../src/gen/howbernetes/api/v1/pods.js";
import { type EventType, ResourcesService, type WatchResponse } from "../../src/gen/howbernetes/api/v1/resources.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import type { Handlers } from "../../src/rpc/contracts.js";
import { createRpcServer, type RpcServer } from "../../src/rpc/server.js";
import { pod } from "../builders/index.js";
import { createTestPki, type TestPki } from "./test-pki.js";

type Resources = Handlers<ResourcesService>;

const unscripted = (): never => {
  throw new Error("unscripted call");
};

/** The pod that `at` gives. */
export const key = { namespace: "default", name: "web" };

/** A pod at a revision. */
export const at = (resourceVersion: number, name = "web"): Whole<Pod> => {
  const object = pod({ name });
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(resourceVersion) } };
};

/** A watch's message of one event. */
export const event = (type: EventType, object: Whole<Pod>): WatchResponse => ({ events: [{ type, object: packAny(podKind, object) }] });

/** Servers that answer over mTLS as a test says, and clients of them; whatever is not said is an error. */
export class ScriptedServers {
  private readonly closers: (() => Promise<void>)[] = [];

  private constructor(readonly pki: TestPki) {}

  static async create(): Promise<ScriptedServers> {
    return new ScriptedServers(await createTestPki());
  }

  readonly serve = async (
    scripted: Partial<Resources>,
    port = 0,
    bind: Handlers<PodsService>["bind"] = unscripted,
    bindMany: Handlers<PodsService>["bindMany"] = unscripted,
  ): Promise<[RpcServer, string]> => {
    const server = createRpcServer({ tls: await this.pki.server(), log: createLog("test", "silent") });
    const handlers = Object.fromEntries(Object.keys(ResourcesService).map((name) => [name, unscripted])) as unknown as Resources;
    server.add(ResourcesService, { ...handlers, ...scripted });
    const others = Object.fromEntries(Object.keys(PodsService).map((name) => [name, unscripted])) as unknown as Handlers<PodsService>;
    server.add(PodsService, { ...others, bind, bindMany });
    const bound = await server.listen(`127.0.0.1:${port}`);
    this.closers.push(() => server.stop(0));
    return [server, `${bound.host}:${bound.port}`];
  };

  readonly connect = async (address: string, options: Partial<ApiClientOptions> = {}): Promise<RemoteApiClient> => {
    const tls = await this.pki.client("system:scheduler", ["system:components"]);
    const client = createApiClient({ address, tls, log: createLog("test", "silent"), random: () => 0.2, ...options });
    this.closers.push(() => client.close());
    return client;
  };

  /** Closes what the test has opened, the last first. */
  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }
}
