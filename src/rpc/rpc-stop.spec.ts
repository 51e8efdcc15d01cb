import { expect } from "chai";
import { EchoServers, transports } from "../../test/fakes/echo-server.js";
import { failure } from "../../test/fakes/failure.js";
import { isUnavailable } from "../api/errors.js";
import { deferred, untilAbort } from "../base/abort.js";

describe("the stop of a server", () => {
  let servers: EchoServers;

  before(async () => {
    servers = await EchoServers.create();
  });

  afterEach(() => servers.close());

  for (const transport of transports) {
    describe(`over ${transport}`, () => {
      it("ends streams as resumable, and lets unary calls finish", async () => {
        const entered = deferred();
        const release = deferred();
        const { server, client } = await servers.serve(
          {
            once: async () => {
              entered.resolve();
              await release.promise;
              return "done";
            },
            stream: async function* (_request, call) {
              yield "a";
              await untilAbort(call.signal);
            },
          },
          transport,
        );
        const caller = client();
        const unary = caller.once("hello");
        await entered.promise;
        const stream = caller.stream("go")[Symbol.asyncIterator]();
        await stream.next();

        const stopped = server.stop(10_000);
        const streamError = await failure(stream.next());
        release.resolve();

        expect(isUnavailable(streamError), String(streamError)).to.equal(true);
        expect(await unary).to.equal("done");
        await stopped;
      });

      it("cuts what does not end in time", async () => {
        const entered = deferred();
        const { server, client } = await servers.serve(
          {
            once: async (_request, call) => {
              entered.resolve();
              await untilAbort(call.signal);
              return "too late";
            },
          },
          transport,
        );
        const unary = failure(client().once("hello"));
        await entered.promise;

        await server.stop(0);

        expect(isUnavailable(await unary)).to.equal(true);
      });
    });
  }

  it("frees callers in the process from a handler that does not listen", async () => {
    const entered = deferred();
    const stuck = deferred<string>();
    const once = async (): Promise<string> => {
      entered.resolve();
      return await stuck.promise;
    };
    const { server, client } = await servers.serve({ once }, "in-process");
    const unary = failure(client().once("hello"));
    await entered.promise;

    await server.stop(0);

    expect(isUnavailable(await unary)).to.equal(true);
  });
});
