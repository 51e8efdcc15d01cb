import { expect } from "chai";
import { EchoServers, echoHandlers, transports } from "../../test/fakes/echo-server.js";
import { echoService } from "../../test/fakes/echo-service.js";
import { failure } from "../../test/fakes/failure.js";
import { createTestPki } from "../../test/fakes/test-pki.js";
import { isUnauthorized, isUnavailable } from "../api/errors.js";
import { deferred } from "../base/abort.js";
import { createLog } from "../base/log.js";
import type { RpcChannel } from "./channel.js";
import { createRpcClient } from "./client.js";
import type { CallContext } from "./contracts.js";
import { createRpcServer } from "./server.js";

describe("identity of callers", () => {
  let servers: EchoServers;

  before(async () => {
    servers = await EchoServers.create();
  });

  afterEach(() => servers.close());

  const over = (channel: RpcChannel) => createRpcClient(echoService, channel);

  for (const transport of transports) {
    describe(`over ${transport}`, () => {
      it("tells the handler who calls, and how", async () => {
        const seen = deferred<CallContext>();
        const { client } = await servers.serve(
          {
            once: async (request, call) => {
              seen.resolve(call);
              return `${request}!`;
            },
          },
          transport,
        );

        const answer = await client().once("hello", { metadata: { "howbernetes-fence": "kube-system/scheduler:7" } });

        const call = await seen.promise;
        expect(answer).to.equal("hello!");
        expect(call.caller).to.deep.equal({ name: "system:node:n1", groups: ["system:nodes"] });
        expect(call.method).to.equal("/test.v1.Echo/Once");
        expect(call.metadata.get("howbernetes-fence")).to.equal("kube-system/scheduler:7");
        expect(call.certificateFingerprint).to.match(/^[0-9a-f]{64}$/);
        expect(call.peer).to.match(transport === "TLS" ? /^127\.0\.0\.1:\d+$/ : /^in-process$/);
      });

      it("refuses a certificate of another CA before any handler runs", async () => {
        const { client, calls } = await servers.serve({}, transport);
        const foreign = await (await createTestPki()).client("admin", ["system:masters"]);

        const error = await failure(client({ ...foreign, ca: servers.clientTls.ca }).once("hello", { timeoutMs: 5_000 }));

        expect(error).to.satisfy((e: unknown) => isUnauthorized(e) || isUnavailable(e));
        expect(calls).to.deep.equal([]);
      });

      it("refuses a certificate whose key the caller does not hold", async () => {
        const { client, calls } = await servers.serve({}, transport);
        const other = await servers.pki.client("admin", ["system:masters"]);

        const error = await failure((async () => client({ ...servers.clientTls, key: other.key }).once("hello", { timeoutMs: 5_000 }))());

        expect(error).to.be.instanceOf(Error);
        expect(calls).to.deep.equal([]);
      });
    });
  }

  it("does not speak to a server of another CA", async () => {
    const { address, calls } = await servers.serve({});
    const foreign = await createTestPki();

    const error = await failure(over(servers.dial(address, await foreign.client("admin"))).once("hello", { timeoutMs: 5_000 }));

    expect(isUnauthorized(error), String(error)).to.equal(true);
    expect(calls).to.deep.equal([]);
  });

  it("does not take another member of the cluster for the server", async () => {
    const impostor = createRpcServer({ tls: servers.clientTls, log: createLog("test", "silent") });
    impostor.add(echoService, echoHandlers({}));
    const { host, port } = await impostor.listen("127.0.0.1:0");
    servers.atEnd(() => impostor.stop(0));

    const error = await failure(over(servers.dial(`${host}:${port}`)).once("hello", { timeoutMs: 5_000 }));

    expect(error).to.satisfy((e: unknown) => isUnauthorized(e) || isUnavailable(e));
  });
});
