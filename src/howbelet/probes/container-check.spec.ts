import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { HealthServer } from "../../../test/fakes/health-server.js";
import { createTestPki } from "../../../test/fakes/test-pki.js";
import { intOrString } from "../../api/values/int-or-string.js";
import { untilAbort } from "../../base/abort.js";
import { systemClock } from "../../base/clock.js";
import { Container, Probe } from "../../gen/howbernetes/core/v1/container.js";
import type { ContainerStreams, StreamedProcess } from "../runtime/container-streams.js";
import { RuntimeError } from "../runtime/errors.js";
import { createCheck } from "./container-check.js";
import type { ProbeResult } from "./probe-result.js";

const noStreams: Pick<ContainerStreams, "exec"> = { exec: () => Promise.reject(new Error("no command is run in this test")) };

function check(handler: object, container: object = {}): Promise<ProbeResult> {
  const probe = Probe.fromPartial({ handler, timeoutSeconds: 5 });
  const target = { container: Container.fromPartial({ name: "main", ...container }), id: "c1", address: "127.0.0.1" };
  return createCheck(probe, target, { streams: noStreams, clock: systemClock })(new AbortController().signal);
}

function listen(server: Server | TcpServer): Promise<number> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

describe("an HTTP check", () => {
  let server: Server;
  let port: number;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    server = createHttpServer((request, response) => answer(request, response));
    port = await listen(server);
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const get = (path = "/", more: object = {}): Promise<ProbeResult> => check({ httpGet: { port: intOrString(port), path, ...more } });

  const statuses: readonly (readonly [status: number, result: ProbeResult])[] = [
    [200, { outcome: "success", message: "body" }],
    [204, { outcome: "success", message: "" }],
    [304, { outcome: "warning", message: "Probe terminated redirects, Response body: " }],
    [400, { outcome: "failure", message: "HTTP probe failed with statuscode: 400" }],
    [500, { outcome: "failure", message: "HTTP probe failed with statuscode: 500" }],
  ];
  for (const [status, result] of statuses) {
    it(`takes ${status} for a ${result.outcome}`, async () => {
      answer = (_request, response) => response.writeHead(status).end("body");
      expect(await get()).to.deep.equal(result);
    });
  }

  it("asks for the path with its query, with the headers given", async () => {
    let seen: IncomingMessage | undefined;
    answer = (request, response) => {
      seen = request;
      response.end();
    };
    await get("/health?deep=1", {
      httpHeaders: [
        { name: "Host", value: "web.example" },
        { name: "X-Check", value: "a" },
      ],
    });
    const { host, "x-check": given, "user-agent": agent } = seen?.headers ?? {};
    expect({ url: seen?.url, host, given }).to.deep.equal({ url: "/health?deep=1", host: "web.example", given: "a" });
    expect(agent).to.match(/^kube-probe\//);
  });

  it("asks the container, whatever the path looks like", async () => {
    const paths: (string | undefined)[] = [];
    answer = (request, response) => {
      paths.push(request.url);
      response.end();
    };
    await get("//192.0.2.1/a");
    await get("relative");
    expect(paths).to.deep.equal(["//192.0.2.1/a", "/relative"]);
  });

  it("finds a port by its name", async () => {
    answer = (_request, response) => response.end("named");
    const handler = { httpGet: { port: intOrString("http"), path: "/" } };
    expect(await check(handler, { ports: [{ name: "http", containerPort: port }] })).to.deep.equal({
      outcome: "success",
      message: "named",
    });
  });

  it("knows nothing when the container has no port of that name", async () => {
    expect((await check({ httpGet: { port: intOrString("http"), path: "/" } })).outcome).to.equal("unknown");
  });

  it("follows redirects at the host", async () => {
    answer = (request, response) => {
      if (request.url === "/") response.writeHead(302, { location: "/there" }).end();
      else response.writeHead(503).end();
    };
    expect(await get()).to.deep.equal({ outcome: "failure", message: "HTTP probe failed with statuscode: 503" });
  });

  it("takes a redirect to another host for a success to warn of", async () => {
    answer = (_request, response) => response.writeHead(302, { location: "http://192.0.2.1/" }).end("elsewhere");
    expect(await get()).to.deep.equal({ outcome: "warning", message: "Probe terminated redirects, Response body: elsewhere" });
  });

  it("ends with redirects that go round in circles", async () => {
    answer = (_request, response) => response.writeHead(302, { location: "/" }).end();
    const { outcome, message } = await get();
    expect(outcome).to.equal("failure");
    expect(message).to.contain("stopped after 10 redirects");
  });

  it("reads no more of a body than 10 KiB", async () => {
    answer = (_request, response) => {
      response.writeHead(200);
      // Never ended.
      response.write("x".repeat(64 * 1024));
    };
    const { outcome, message } = await get();
    expect(outcome).to.equal("success");
    expect(message).to.have.length(10 * 1024);
  });

  it("fails where nobody listens, in the words of the network", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await get("/a")).to.deep.equal({
      outcome: "failure",
      message: `Get "http://127.0.0.1:${port}/a": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    });
  });

  it("fails once its time is over", async () => {
    const clock = new FakeClock();
    const asked = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const probe = Probe.fromPartial({ handler: { httpGet: { port: intOrString(port), path: "/" } }, timeoutSeconds: 3 });
    const target = { container: Container.fromPartial({}), id: "c1", address: "127.0.0.1" };
    const result = createCheck(probe, target, { streams: noStreams, clock })(new AbortController().signal);
    await asked;
    await clock.advance(3_000);
    expect((await result).message).to.contain("context deadline exceeded");
  });
});

describe("an HTTPS check", () => {
  it("does not ask who vouches for the server", async () => {
    const { cert, key } = await (await createTestPki()).server();
    const server = createHttpsServer({ cert, key }, (_request, response) => response.writeHead(200).end("secret"));
    const port = await listen(server);
    const result = await check({ httpGet: { port: intOrString(port), path: "/", scheme: "HTTPS" } });
    server.close();
    expect(result).to.deep.equal({ outcome: "success", message: "secret" });
  });
});

describe("a gRPC check", () => {
  const cases: readonly (readonly [what: string, service: string, result: ProbeResult])[] = [
    ["succeeds when the server serves", "", { outcome: "success", message: "service healthy" }],
    ["fails when it does not", "ill", { outcome: "failure", message: 'service unhealthy (responded with "NOT_SERVING")' }],
    [
      "fails when it does not know the service",
      "other",
      { outcome: "failure", message: "error: health rpc probe failed: rpc error: code = NOT_FOUND desc = unknown service" },
    ],
  ];
  let server: HealthServer;
  let port: number;

  beforeEach(async () => {
    server = new HealthServer();
    server.statuses.set("ill", "NOT_SERVING");
    port = await server.listen();
  });
  afterEach(() => server.stop());

  for (const [what, service, result] of cases) {
    it(what, async () => {
      expect(await check({ grpc: { port, service } })).to.deep.equal(result);
    });
  }

  it("fails where nobody listens", async () => {
    server.stop();
    const { outcome, message } = await check({ grpc: { port, service: "" } });
    expect(outcome).to.equal("failure");
    expect(message).to.contain(`error: failed to connect service at "127.0.0.1:${port}": `);
  });
});

describe("a TCP check", () => {
  it("succeeds where somebody listens, and fails where nobody does", async () => {
    const server = createTcpServer((socket) => socket.on("error", () => undefined));
    const port = await listen(server);
    const handler = { tcpSocket: { port: intOrString(port) } };
    expect((await check(handler)).outcome).to.equal("success");
    await new Promise((resolve) => server.close(resolve));
    expect(await check(handler)).to.deep.equal({ outcome: "failure", message: `dial tcp 127.0.0.1:${port}: connect: connection refused` });
  });
});

describe("an exec check", () => {
  const clock = new FakeClock();
  let begun = 0;

  /** A command that writes this and ends with that code; one without a code never ends. */
  function streams(output: string, exitCode?: number): Pick<ContainerStreams, "exec"> {
    return {
      exec: (_id, _options, signal) => {
        begun += 1;
        async function* pieces() {
          yield { stream: "stdout" as const, data: Buffer.from(output) };
          if (exitCode === undefined) await untilAbort(signal);
        }
        const rest = { write: () => Promise.resolve(), endInput: () => undefined, resize: () => Promise.resolve() };
        return Promise.resolve<StreamedProcess>({ output: pieces(), exitCode: () => Promise.resolve(exitCode), ...rest });
      },
    };
  }

  /** The same, of a runtime that can kill. */
  function killable(from: Pick<ContainerStreams, "exec">, kill: () => Promise<void>): Pick<ContainerStreams, "exec"> {
    return { exec: async (...args) => ({ ...(await from.exec(...args)), kill }) };
  }

  function createExec(from: Pick<ContainerStreams, "exec">) {
    const probe = Probe.fromPartial({ handler: { exec: { command: ["cat", "/tmp/health"] } }, timeoutSeconds: 2 });
    return createCheck(probe, { container: Container.fromPartial({}), id: "c1", address: "" }, { streams: from, clock });
  }

  beforeEach(() => {
    begun = 0;
  });

  const cases: readonly (readonly [what: string, streams: () => Pick<ContainerStreams, "exec">, result: ProbeResult])[] = [
    ["succeeds when its command ends with 0", () => streams("fine", 0), { outcome: "success", message: "fine" }],
    ["fails when it ends otherwise, with what it wrote", () => streams("no such file", 1), { outcome: "failure", message: "no such file" }],
    ["keeps at most 10 KiB of what it wrote", () => streams("x".repeat(20_000), 1), { outcome: "failure", message: "x".repeat(10_240) }],
  ];
  for (const [what, from, result] of cases) {
    it(what, async () => {
      expect(await createExec(from())(new AbortController().signal)).to.deep.equal(result);
    });
  }

  it("leaves it to the prober what an absent runtime means", async () => {
    const away = { exec: () => Promise.reject(new RuntimeError("Unavailable", "away")) };
    const error: unknown = await createExec(away)(new AbortController().signal).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RuntimeError);
  });

  it("fails when its command takes too long, and does not let those that hang pile up", async () => {
    const stop = new AbortController();
    const exec = createExec(streams("", undefined));
    const results: ProbeResult[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const result = exec(stop.signal);
      await clock.advance(2_000);
      results.push(await result);
    }
    const late = { outcome: "failure", message: 'command timed out: "cat /tmp/health" timed out after 2s' };
    expect(results).to.deep.equal(Array.from({ length: 6 }, () => late));
    expect(begun).to.equal(4);
    stop.abort();
  });

  it("kills a command that takes too long, where that can be done", async () => {
    let kills = 0;
    const kill = async (): Promise<void> => {
      kills += 1;
    };
    const stop = new AbortController();
    const exec = createExec(killable(streams("", undefined), kill));
    for (let turn = 0; turn < 6; turn++) {
      const result = exec(stop.signal);
      await clock.advance(2_000);
      expect((await result).outcome).to.equal("failure");
    }
    expect({ begun, kills }).to.deep.equal({ begun: 6, kills: 6 });
    stop.abort();
  });
});
