import { type AddressInfo, createServer } from "node:net";
import { expect } from "chai";
import { EchoServers, transports } from "../../test/fakes/echo-server.js";
import { echoService } from "../../test/fakes/echo-service.js";
import { failure } from "../../test/fakes/failure.js";
import { invalid, isBadRequest, isInternal, isInvalid, isTimeout, isUnavailable } from "../api/errors.js";
import { deferred } from "../base/abort.js";
import { createRpcClient } from "./client.js";
import { isConnectionRefused, isNeverSent } from "./errors.js";

describe("errors of calls", () => {
  let servers: EchoServers;

  before(async () => {
    servers = await EchoServers.create();
  });

  afterEach(() => servers.close());

  for (const transport of transports) {
    describe(`over ${transport}`, () => {
      it("carries reason, message, subject and causes", async () => {
        const sent = invalid({ group: "", kind: "Pod", name: "x" }, [
          { path: "spec.containers", reason: "FieldValueRequired", message: "Required value" },
          { path: "spec.nodeName", reason: "FieldValueInvalid", message: 'Invalid value: "é"' },
        ]);
        const { client } = await servers.serve({ once: () => Promise.reject(sent) }, transport);

        const error = await failure(client().once("hello"));

        expect(isInvalid(error) && error).to.include({ message: sent.message });
        expect(isInvalid(error) && error.causes).to.deep.equal(sent.causes);
        expect(isInvalid(error) && error.subject).to.deep.equal(sent.subject);
      });

      it("keeps an unknown error's text from the wire", async () => {
        const { client, calls } = await servers.serve({ once: () => Promise.reject(new Error("secret detail")) }, transport);

        const error = await failure(client().once("hello"));

        expect(isInternal(error) && error.message).to.equal("internal error");
        expect(calls.map(({ code }) => code)).to.deep.equal(["INTERNAL"]);
      });

      it("delivers an error with a thousand causes", async () => {
        const causes = Array.from({ length: 1_000 }, (_, index) => ({
          path: `spec.containers[${index}].image`,
          reason: "FieldValueRequired" as const,
          message: "Required value",
        }));
        const { client } = await servers.serve(
          { once: () => Promise.reject(invalid({ group: "", kind: "Pod", name: "x" }, causes)) },
          transport,
        );

        const error = await failure(client().once("hello", { timeoutMs: 10_000 }));

        const last = isInvalid(error) ? error.causes.at(-1) : undefined;
        expect(last?.message).to.match(/^and \d+ more$/);
      });

      it("says BadRequest of bytes that are no request", async () => {
        const { channel } = await servers.serve({}, transport);
        const raw = { once: { ...echoService.once, requestSerialize: () => Buffer.from([0xff]) } };

        const error = await failure(createRpcClient(raw, channel()).once("hello"));

        expect(isBadRequest(error), String(error)).to.equal(true);
      });

      it("says that nobody listens, at once", async () => {
        const { server, channel } = await servers.serve({}, transport);
        const opened = channel();
        await server.stop(0);

        const error = await failure(createRpcClient(echoService, opened).once("hello"));

        expect(isConnectionRefused(error), String(error)).to.equal(true);
        expect(isNeverSent(error)).to.equal(true);
        expect(isConnectionRefused(error) && error.message).to.equal(
          `The connection to the server ${opened.address} was refused - did you specify the right host or port?`,
        );
      });

      it("ends a unary call at its deadline with Timeout", async () => {
        const gone = deferred();
        const { client } = await servers.serve(
          {
            once: async (_request, call) => {
              call.signal.addEventListener("abort", () => gone.resolve());
              await gone.promise;
              return "late";
            },
          },
          transport,
        );

        const error = await failure(client().once("hello", { timeoutMs: 50 }));

        expect(isTimeout(error), String(error)).to.equal(true);
        await gone.promise;
      });
    });
  }

  it("says in words that something else listens", async () => {
    const other = createServer((socket) => socket.on("error", (_reset) => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    servers.atEnd(() => void other.close());
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;

    const error = await failure(createRpcClient(echoService, servers.dial(address)).once("hello"));

    expect(isUnavailable(error) && error.message).to.equal(`Unable to connect to the server ${address}: it does not speak TLS`);
  });
});
