import { expect } from "chai";
import { EchoServers, echoHandlers, transports } from "../../test/fakes/echo-server.js";
import { echoService } from "../../test/fakes/echo-service.js";
import { failure } from "../../test/fakes/failure.js";
import { ApiError, conflict, isConflict } from "../api/errors.js";
import { deferred, isAbort, untilAbort } from "../base/abort.js";
import { createLog } from "../base/log.js";
import { createRpcClient } from "./client.js";
import { withEncodedResponses } from "./encoded.js";
import { createRpcServer } from "./server.js";

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of stream) all.push(each);
  return all;
}

describe("streams", () => {
  let servers: EchoServers;

  before(async () => {
    servers = await EchoServers.create();
  });

  afterEach(() => servers.close());

  for (const transport of transports) {
    describe(`over ${transport}`, () => {
      it("delivers what was yielded before the error, then the error", async () => {
        const { client } = await servers.serve(
          {
            stream: async function* () {
              yield "a";
              yield "b";
              throw conflict({ group: "", kind: "pods", name: "x" });
            },
          },
          transport,
        );
        const seen: string[] = [];

        const error = await failure(
          (async () => {
            for await (const each of client().stream("go")) seen.push(each);
          })(),
        );

        expect(seen).to.deep.equal(["a", "b"]);
        expect(isConflict(error)).to.equal(true);
      });

      it("pulls from the handler no faster than the caller reads", async () => {
        const big = "x".repeat(64 * 1024);
        let yielded = 0;
        const { client } = await servers.serve(
          {
            stream: async function* () {
              for (; yielded < 2_000; yielded += 1) yield big;
            },
          },
          transport,
        );
        const stream = client().stream("go")[Symbol.asyncIterator]();
        await stream.next();

        // Other calls on the same connection come and go while the stream's reader does not read.
        const other = client();
        for (let round = 0; round < 20; round += 1) await failure(other.once("tick"));
        const whileStalled = yielded;
        let read = 1;
        while ((await stream.next()).done !== true) read += 1;

        expect(whileStalled).to.be.lessThan(200);
        expect(read).to.equal(2_000);
      });

      it("aborts the handler and runs its finally when the caller leaves the loop", async () => {
        const cleaned = deferred<boolean>();
        const { client } = await servers.serve(
          {
            stream: async function* (_request, call) {
              try {
                for (let count = 0; ; count += 1) yield String(count);
              } finally {
                cleaned.resolve(call.signal.aborted);
              }
            },
          },
          transport,
        );

        for await (const each of client().stream("go")) if (each === "3") break;

        expect(await cleaned.promise).to.equal(true);
      });

      it("ends with an abort error when the caller's signal fires", async () => {
        const left = deferred();
        const { client } = await servers.serve(
          {
            stream: async function* (_request, call) {
              try {
                yield "a";
                await untilAbort(call.signal);
              } finally {
                left.resolve();
              }
            },
          },
          transport,
        );
        const controller = new AbortController();

        const error = await failure(
          (async () => {
            for await (const _ of client().stream("go", { signal: controller.signal })) controller.abort();
          })(),
        );

        expect(isAbort(error), String(error)).to.equal(true);
        await left.promise;
      });

      it("carries requests and responses both ways, and the status after the last", async () => {
        const { client, calls } = await servers.serve(
          {
            both: async function* (requests) {
              for await (const request of requests) yield request.toUpperCase();
              throw new ApiError("NotFound", "gone");
            },
          },
          transport,
        );
        const seen: string[] = [];

        const error = await failure(
          (async () => {
            const requests = (async function* () {
              for (let index = 0; index < 100; index += 1) yield `r${index}`;
            })();
            for await (const each of client().both(requests)) seen.push(each);
          })(),
        );

        expect(seen).to.have.length(100);
        expect(seen.at(-1)).to.equal("R99");
        expect(error).to.include({ reason: "NotFound", message: "gone" });
        expect(calls.map(({ code }) => code)).to.deep.equal(["NOT_FOUND"]);
      });

      it("lets the handler end the call while requests are still to come", async () => {
        const released = deferred();
        const { client } = await servers.serve(
          {
            both: async function* (requests) {
              for await (const request of requests) {
                yield request;
                return;
              }
            },
          },
          transport,
        );
        const requests = (async function* () {
          try {
            for (;;) yield "again";
          } finally {
            released.resolve();
          }
        })();

        expect(await collect(client().both(requests))).to.deep.equal(["again"]);
        await released.promise;
      });

      it("fails the call when its source of requests fails", async () => {
        const { client } = await servers.serve(
          {
            both: async function* (requests) {
              for await (const request of requests) yield request;
            },
          },
          transport,
        );
        const requests = (async function* () {
          yield "one";
          throw new Error("source broke");
        })();

        const error = await failure(collect(client().both(requests)));

        expect(error).to.be.instanceOf(Error).with.property("message", "source broke");
      });
    });
  }

  it("hands out encoded responses as they are", async () => {
    const encoded = withEncodedResponses(echoService, "stream");
    const server = createRpcServer({ tls: servers.serverTls, log: createLog("test", "silent") });
    const handlers = echoHandlers({});
    const bytes = Buffer.from("as it is");
    server.add(encoded, {
      once: handlers.once,
      stream: async function* () {
        yield bytes;
      },
      both: handlers.both,
    });
    const { host, port } = await server.listen("127.0.0.1:0");
    servers.atEnd(() => server.stop(0));

    for (const channel of [servers.dial(`${host}:${port}`), server.connect(servers.clientTls)]) {
      expect(await collect(createRpcClient(echoService, channel).stream("go"))).to.deep.equal(["as it is"]);
    }
  });
});
