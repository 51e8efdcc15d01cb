import { type AddressInfo, createServer } from "node:net";
import { expect } from "chai";
import { echoService } from "../../test/fakes/echo-service.js";
import { createTestPki, type TestPki } from "../../test/fakes/test-pki.js";
import {
  ApiError,
  conflict,
  invalid,
  isBadRequest,
  isConflict,
  isInternal,
  isInvalid,
  isTimeout,
  isUnauthorized,
  isUnavailable,
} from "../api/errors.js";
import { deferred, isAbort } from "../base/abort.js";
import { createLog } from "../base/log.js";
import type { TlsMaterial } from "../base/tls/certificate.js";
import { createChannel, type RpcChannel } from "./channel.js";
import { createRpcClient } from "./client.js";
import type { CallContext, Handlers, RpcClient } from "./contracts.js";
import { withEncodedResponses } from "./encoded.js";
import { isConnectionRefused, isNeverSent } from "./errors.js";
import { createRpcServer, type RpcServer } from "./server.js";
import type { CallRecord } from "./server-call.js";

type Echo = typeof echoService;

const never = async (): Promise<never> => {
  throw new Error("unscripted call");
};

/** Handlers that throw on whatever a test did not script. */
function handlers(scripted: Partial<Handlers<Echo>>): Handlers<Echo> {
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

async function failure(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (value) => {
      throw new Error(`expected a failure, got ${String(value)}`);
    },
    (error: unknown) => error,
  );
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of stream) all.push(each);
  return all;
}

describe("rpc over mTLS", () => {
  let pki: TestPki;
  let serverTls: TlsMaterial;
  let clientTls: TlsMaterial;
  const closers: (() => void | Promise<void>)[] = [];

  before(async () => {
    pki = await createTestPki();
    serverTls = await pki.server();
    clientTls = await pki.client("system:node:n1", ["system:nodes"]);
  });

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  interface Running {
    readonly server: RpcServer;
    readonly address: string;
    readonly calls: CallRecord[];
  }

  async function serve(scripted: Partial<Handlers<Echo>>, onCall: (call: CallRecord) => void = () => undefined): Promise<Running> {
    const calls: CallRecord[] = [];
    const observer = {
      onCall: (call: CallRecord) => {
        calls.push(call);
        onCall(call);
      },
    };
    const server = createRpcServer({ tls: serverTls, log: createLog("test", "silent"), observer });
    server.add(echoService, handlers(scripted));
    const { host, port } = await server.listen("127.0.0.1:0");
    closers.push(() => server.stop(0));
    return { server, address: `${host}:${port}`, calls };
  }

  function dial(address: string, tls: TlsMaterial = clientTls): { client: RpcClient<Echo>; channel: RpcChannel } {
    const channel = createChannel({ address, tls, purpose: "unary" });
    closers.push(() => channel.close());
    return { client: createRpcClient(echoService, channel), channel };
  }

  describe("identity", () => {
    it("tells the handler who calls, and how", async () => {
      const seen = deferred<CallContext>();
      const { address } = await serve({
        once: async (request, call) => {
          seen.resolve(call);
          return `${request}!`;
        },
      });

      const answer = await dial(address).client.once("hello", { metadata: { "howbernetes-fence": "kube-system/scheduler:7" } });

      const call = await seen.promise;
      expect(answer).to.equal("hello!");
      expect(call.caller).to.deep.equal({ name: "system:node:n1", groups: ["system:nodes"] });
      expect(call.method).to.equal("/test.v1.Echo/Once");
      expect(call.metadata.get("howbernetes-fence")).to.equal("kube-system/scheduler:7");
      expect(call.certificateFingerprint).to.match(/^[0-9a-f]{64}$/);
      expect(call.peer).to.match(/^127\.0\.0\.1:\d+$/);
    });

    it("refuses a certificate of another CA before any handler runs", async () => {
      const { address, calls } = await serve({});
      const foreign = await (await createTestPki()).client("admin", ["system:masters"]);

      const error = await failure(dial(address, { ...foreign, ca: clientTls.ca }).client.once("hello", { timeoutMs: 5_000 }));

      expect(error).to.satisfy((e: unknown) => isUnauthorized(e) || isUnavailable(e));
      expect(calls).to.deep.equal([]);
    });

    it("does not speak to a server of another CA", async () => {
      const { address, calls } = await serve({});
      const foreign = await createTestPki();

      const error = await failure(dial(address, await foreign.client("admin")).client.once("hello", { timeoutMs: 5_000 }));

      expect(isUnauthorized(error), String(error)).to.equal(true);
      expect(calls).to.deep.equal([]);
    });

    it("does not take another member of the cluster for the server", async () => {
      const impostor = createRpcServer({ tls: clientTls, log: createLog("test", "silent") });
      impostor.add(echoService, handlers({}));
      const { host, port } = await impostor.listen("127.0.0.1:0");
      closers.push(() => impostor.stop(0));

      const error = await failure(dial(`${host}:${port}`).client.once("hello", { timeoutMs: 5_000 }));

      expect(error).to.satisfy((e: unknown) => isUnauthorized(e) || isUnavailable(e));
    });
  });

  describe("errors", () => {
    it("carries reason, message, subject and causes", async () => {
      const sent = invalid({ group: "", kind: "Pod", name: "x" }, [
        { path: "spec.containers", reason: "FieldValueRequired", message: "Required value" },
        { path: "spec.nodeName", reason: "FieldValueInvalid", message: 'Invalid value: "é"' },
      ]);
      const { address } = await serve({ once: () => Promise.reject(sent) });

      const error = await failure(dial(address).client.once("hello"));

      expect(isInvalid(error) && error).to.include({ message: sent.message });
      expect(isInvalid(error) && error.causes).to.deep.equal(sent.causes);
      expect(isInvalid(error) && error.subject).to.deep.equal(sent.subject);
    });

    it("keeps an unknown error's text from the wire", async () => {
      const { address, calls } = await serve({ once: () => Promise.reject(new Error("secret detail")) });

      const error = await failure(dial(address).client.once("hello"));

      expect(isInternal(error) && error.message).to.equal("internal error");
      expect(calls.map(({ code }) => code)).to.deep.equal(["INTERNAL"]);
    });

    it("delivers an error with a thousand causes", async () => {
      const causes = Array.from({ length: 1_000 }, (_, index) => ({
        path: `spec.containers[${index}].image`,
        reason: "FieldValueRequired" as const,
        message: "Required value",
      }));
      const { address } = await serve({ once: () => Promise.reject(invalid({ group: "", kind: "Pod", name: "x" }, causes)) });

      const error = await failure(dial(address).client.once("hello", { timeoutMs: 10_000 }));

      const last = isInvalid(error) ? error.causes.at(-1) : undefined;
      expect(last?.message).to.match(/^and \d+ more$/);
    });

    it("says BadRequest of bytes that are no request", async () => {
      const { address } = await serve({});
      const raw = { once: { ...echoService.once, requestSerialize: () => Buffer.from([0xff]) } };
      const channel = createChannel({ address, tls: clientTls, purpose: "unary" });
      closers.push(() => channel.close());

      const error = await failure(createRpcClient(raw, channel).once("hello"));

      expect(isBadRequest(error), String(error)).to.equal(true);
    });

    it("says that nobody listens, at once", async () => {
      const { server, address } = await serve({});
      await server.stop(0);

      const error = await failure(dial(address).client.once("hello"));

      expect(isConnectionRefused(error), String(error)).to.equal(true);
      expect(isNeverSent(error)).to.equal(true);
      expect(isConnectionRefused(error) && error.message).to.equal(
        `The connection to the server ${address} was refused - did you specify the right host or port?`,
      );
    });

    it("says in words that something else listens", async () => {
      const other = createServer((socket) => socket.on("error", (_reset) => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      closers.push(() => void other.close());
      const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;

      const error = await failure(dial(address).client.once("hello"));

      expect(isUnavailable(error) && error.message).to.equal(`Unable to connect to the server ${address}: it does not speak TLS`);
    });

    it("ends a unary call at its deadline with Timeout", async () => {
      const gone = deferred();
      const { address } = await serve({
        once: async (_request, call) => {
          call.signal.addEventListener("abort", () => gone.resolve());
          await gone.promise;
          return "late";
        },
      });

      const error = await failure(dial(address).client.once("hello", { timeoutMs: 50 }));

      expect(isTimeout(error), String(error)).to.equal(true);
      await gone.promise;
    });
  });

  describe("streams", () => {
    it("delivers what was yielded before the error, then the error", async () => {
      const { address } = await serve({
        stream: async function* () {
          yield "a";
          yield "b";
          throw conflict({ group: "", kind: "pods", name: "x" });
        },
      });
      const seen: string[] = [];

      const error = await failure(
        (async () => {
          for await (const each of dial(address).client.stream("go")) seen.push(each);
        })(),
      );

      expect(seen).to.deep.equal(["a", "b"]);
      expect(isConflict(error)).to.equal(true);
    });

    it("pulls from the handler no faster than the caller reads", async () => {
      const big = "x".repeat(64 * 1024);
      let yielded = 0;
      const { address } = await serve({
        stream: async function* () {
          for (; yielded < 2_000; yielded += 1) yield big;
        },
      });
      const channel = createChannel({ address, tls: clientTls, purpose: "unary" });
      closers.push(() => channel.close());
      const client = createRpcClient(echoService, channel);
      const stream = client.stream("go")[Symbol.asyncIterator]();
      await stream.next();

      // Other calls on the same connection come and go while the stream's reader does not read.
      const { client: other } = dial(address);
      for (let round = 0; round < 20; round += 1) await failure(other.once("tick"));
      const whileStalled = yielded;
      let read = 1;
      while ((await stream.next()).done !== true) read += 1;

      expect(whileStalled).to.be.lessThan(200);
      expect(read).to.equal(2_000);
    });

    it("aborts the handler and runs its finally when the caller leaves the loop", async () => {
      const cleaned = deferred<boolean>();
      const { address } = await serve({
        stream: async function* (_request, call) {
          try {
            for (let count = 0; ; count += 1) yield String(count);
          } finally {
            cleaned.resolve(call.signal.aborted);
          }
        },
      });

      for await (const each of dial(address).client.stream("go")) if (each === "3") break;

      expect(await cleaned.promise).to.equal(true);
    });

    it("ends with an abort error when the caller's signal fires", async () => {
      const left = deferred();
      const { address } = await serve({
        stream: async function* (_request, call) {
          yield "a";
          await new Promise<void>((resolve) => call.signal.addEventListener("abort", () => resolve()));
          left.resolve();
        },
      });
      const controller = new AbortController();

      const error = await failure(
        (async () => {
          for await (const _ of dial(address).client.stream("go", { signal: controller.signal })) controller.abort();
        })(),
      );

      expect(isAbort(error), String(error)).to.equal(true);
      await left.promise;
    });

    it("carries requests and responses both ways, and the status after the last", async () => {
      const { address, calls } = await serve({
        both: async function* (requests) {
          for await (const request of requests) yield request.toUpperCase();
          throw new ApiError("NotFound", "gone");
        },
      });
      const seen: string[] = [];

      const error = await failure(
        (async () => {
          const requests = (async function* () {
            for (let index = 0; index < 100; index += 1) yield `r${index}`;
          })();
          for await (const each of dial(address).client.both(requests)) seen.push(each);
        })(),
      );

      expect(seen).to.have.length(100);
      expect(seen.at(-1)).to.equal("R99");
      expect(error).to.include({ reason: "NotFound", message: "gone" });
      expect(calls.map(({ code }) => code)).to.deep.equal(["NOT_FOUND"]);
    });

    it("lets the handler end the call while requests are still to come", async () => {
      const released = deferred();
      const { address } = await serve({
        both: async function* (requests) {
          for await (const request of requests) {
            yield request;
            return;
          }
        },
      });
      const requests = (async function* () {
        try {
          for (;;) yield "again";
        } finally {
          released.resolve();
        }
      })();

      expect(await collect(dial(address).client.both(requests))).to.deep.equal(["again"]);
      await released.promise;
    });

    it("fails the call when its source of requests fails", async () => {
      const { address } = await serve({
        both: async function* (requests) {
          for await (const request of requests) yield request;
        },
      });
      const requests = (async function* () {
        yield "one";
        throw new Error("source broke");
      })();

      const error = await failure(collect(dial(address).client.both(requests)));

      expect(error).to.be.instanceOf(Error).with.property("message", "source broke");
    });

    it("hands out encoded responses as they are", async () => {
      const encoded = withEncodedResponses(echoService, "stream");
      const server = createRpcServer({ tls: serverTls, log: createLog("test", "silent") });
      const bytes = Buffer.from("as it is");
      server.add(encoded, {
        once: never,
        stream: async function* () {
          yield bytes;
        },
        both: handlers({}).both,
      });
      const { host, port } = await server.listen("127.0.0.1:0");
      closers.push(() => server.stop(0));

      expect(await collect(dial(`${host}:${port}`).client.stream("go"))).to.deep.equal(["as it is"]);
    });
  });

  describe("stop", () => {
    it("ends streams as resumable, and lets unary calls finish", async () => {
      const entered = deferred();
      const release = deferred();
      const { server, address } = await serve({
        once: async () => {
          entered.resolve();
          await release.promise;
          return "done";
        },
        stream: async function* (_request, call) {
          yield "a";
          await new Promise<void>((resolve) => call.signal.addEventListener("abort", () => resolve()));
        },
      });
      const { client } = dial(address);
      const unary = client.once("hello");
      await entered.promise;
      const stream = client.stream("go")[Symbol.asyncIterator]();
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
      const { server, address } = await serve({
        once: async (_request, call) => {
          entered.resolve();
          await new Promise<void>((resolve) => call.signal.addEventListener("abort", () => resolve()));
          return "too late";
        },
      });
      const unary = failure(dial(address).client.once("hello"));
      await entered.promise;

      await server.stop(0);

      expect(isUnavailable(await unary)).to.equal(true);
    });
  });
});
