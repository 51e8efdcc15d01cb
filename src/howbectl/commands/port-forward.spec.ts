import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { internalError } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import type { ContainerPort } from "../../gen/howbernetes/core/v1/container.js";
import { parsePortPair } from "../forward/port-pairs.js";

const withPorts = (ports: readonly Partial<ContainerPort>[]) => {
  const [main] = pod().spec.containers;
  return pod({ name: "web", spec: { containers: [{ ...main, ports } as never] } });
};

describe("parsePortPair", () => {
  const ports = [
    { name: "http", containerPort: 8080, protocol: "TCP" },
    { name: "dns", containerPort: 53, protocol: "UDP" },
  ];
  const cases = [
    { text: "5000", local: 5000, remote: 5000 },
    { text: "8888:5000", local: 8888, remote: 5000 },
    { text: ":5000", local: 0, remote: 5000 },
    { text: "http", local: 8080, remote: 8080 },
    { text: "80:http", local: 80, remote: 8080 },
  ];
  for (const { text, ...pair } of cases) {
    it(`reads ${text}`, () => expect(parsePortPair(text, withPorts(ports))).to.deep.equal(pair));
  }

  const wrong = [
    { text: "1:2:3", says: "invalid port format '1:2:3'" },
    { text: "80:", says: "remote port cannot be empty" },
    { text: "80:0", says: "remote port must be > 0" },
    { text: "70000", says: "error parsing remote port '70000': value out of range" },
    { text: "x:80", says: "error parsing local port 'x': invalid syntax" },
    { text: "https", says: "pod 'web' does not have a named port 'https'" },
    { text: "dns", says: "UDP protocol is not supported for dns" },
  ];
  for (const { text, says } of wrong) it(`refuses ${text}`, () => expect(() => parsePortPair(text, withPorts(ports))).to.throw(says));
});

describe("howbectl port-forward", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web" }));
    // An echo that answers only once its caller has said everything; nobody listens on port 1.
    cli.cluster.sessions.portForward = async function* (requests) {
      const said: Buffer[] = [];
      for await (const { message } of requests) {
        if (message?.$case === "start") {
          if (message.value.options?.ports[0] === 1) throw internalError("nobody listens on port 1");
          yield answer({ $case: "opened", value: {} });
        }
        const input = message?.$case === "input" ? message.value.message : undefined;
        if (input?.$case === "data") said.push(input.value);
        if (input?.$case === "end") break;
      }
      yield answer({ $case: "data", value: Buffer.concat(said) });
      yield answer({ $case: "end", value: {} });
    };
  });

  const answer = (message: NonNullable<SessionOutput["message"]>) => ({ output: { message } });

  /** Says something, closes that half, and reads the answer to its end. */
  const ask = async (port: number, question: string | Buffer): Promise<Buffer> => {
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    socket.end(question);
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  };
  const forwarded = async (): Promise<number> => {
    await cli.printed("Forwarding from 127.0.0.1:");
    return Number(/127\.0\.0\.1:(\d+)/.exec(cli.out)?.[1]);
  };

  it("carries connections both ways, each half closing for itself, until it is interrupted", async () => {
    const running = cli.run("port-forward", "web", ":80", "--address=127.0.0.1");
    const port = await forwarded();
    expect(cli.out).to.equal(`Forwarding from 127.0.0.1:${port} -> 80\n`);
    const large = Buffer.alloc(1_000_000, "x");
    const [first, second] = await Promise.all([ask(port, "hello"), ask(port, large)]);
    expect(first.toString()).to.equal("hello");
    expect(second.equals(large)).to.equal(true);
    expect(cli.out.match(/^Handling connection for \d+$/gm)).to.deep.equal([
      `Handling connection for ${port}`,
      `Handling connection for ${port}`,
    ]);
    cli.interrupt();
    expect(await running).to.equal(130);
  });

  it("lets one connection fail for itself when nobody listens in the pod", async () => {
    const running = cli.run("port-forward", "pod/web", ":1", ":80", "--address=127.0.0.1");
    const port = await forwarded();
    await cli.printed("-> 80");
    await ask(port, "hello").catch((_reset: unknown) => undefined);
    expect(cli.err).to.match(/^an error occurred forwarding \d+ -> 1: .*nobody listens on port 1\n$/);
    const other = Number(/127\.0\.0\.1:(\d+) -> 80/.exec(cli.out)?.[1]);
    expect((await ask(other, "hello")).toString()).to.equal("hello");
    cli.interrupt();
    await running;
  });

  it("ends when the pod does", async () => {
    const running = cli.run("port-forward", "web", ":80", "--address=127.0.0.1");
    await forwarded();
    cli.cluster.remove(podKind, { namespace: "default", name: "web" });
    expect(await running).to.equal(1);
    expect(cli.err).to.equal("error: lost connection to pod\n");
  });

  it("says which ports it cannot have, and refuses when that is all", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    try {
      expect(await cli.run("port-forward", "web", `${port}:80`, "--address=127.0.0.1")).to.equal(1);
      expect(cli.err).to.match(/^Unable to listen on port \d+: Listeners failed to create with the following errors: \[unable to create/);
      expect(cli.err).to.include(`error: unable to listen on any of the requested ports: [{${port} 80}]\n`);
    } finally {
      taken.close();
    }
  });

  const wrong = [
    { words: ["web"], says: "error: TYPE/NAME and list of ports are required for port-forward" },
    { words: ["web", "80", "--address=example.com"], says: "error: example.com is not a valid IP" },
    { words: ["waits", "80"], says: "error: unable to forward port because pod is not running. Current status=Pending" },
  ];
  for (const { words, says } of wrong) {
    it(`refuses port-forward ${words.join(" ")}`, async () => {
      cli.cluster.put(podKind, pod({ name: "waits", phase: "Pending" }));
      expect(await cli.run("port-forward", ...words)).to.equal(1);
      expect(cli.err).to.include(says);
    });
  }
});
