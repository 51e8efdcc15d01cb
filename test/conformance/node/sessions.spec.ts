import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { finished } from "node:stream/promises";
import { expect } from "chai";
import { isBadRequest, isInternal } from "../../../src/api/errors.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { isAbort } from "../../../src/base/abort.js";
import { createPodStreams, type ExecCallOptions, type PodProcess, type PodStreams } from "../../../src/client/pod-streams.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

const mebibyte = 1024 * 1024;

describe("sessions with a pod", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let streams: PodStreams;
  let ns: string;
  const key = (name: string) => ({ namespace: ns, name });
  const shell = (text: string, options: Partial<ExecCallOptions> = {}): ExecCallOptions => ({ command: ["sh", "-c", text], ...options });

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
    streams = createPodStreams(docker.cluster.client);
    ns = await docker.namespace("sessions");
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: web }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, 'mkdir /www; echo home > /www/index.html; httpd -p 8080 -h /www; httpd -p 127.0.0.1:8081 -h /www; exec sleep 1000']
    - name: chat
      image: ${docker.image}
      stdin: true
      command: [sh, -c, 'while read line; do echo "heard $line"; done; echo bye >&2; sleep 1000']
    - { name: terminal, image: ${docker.image}, stdin: true, tty: true, command: [sh] }
`,
    );
    await docker.ready(ns, "web");
  });
  after(() => docker?.stop());

  const textOf = async ({ output }: PodProcess) => {
    const text = { stdout: "", stderr: "" };
    for await (const { stream, data } of output) text[stream] += data.toString();
    return text;
  };

  /** What a process writes next, until that has been seen. */
  const until = async (process: PodProcess, wanted: RegExp): Promise<string> => {
    const pieces = process.output[Symbol.asyncIterator]();
    let text = "";
    while (!wanted.test(text)) {
      const next = await pieces.next();
      if (next.done === true) throw new Error(`ended with ${text}`);
      text += next.value.data.toString();
    }
    return text;
  };

  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("run programs, telling output from error output, and how they end", async () => {
    const process = await streams.exec(key("web"), shell("echo out; echo err >&2; exit 3", { container: "main" }));

    expect(await textOf(process)).to.deep.equal({ stdout: "out\n", stderr: "err\n" });
    expect(await process.exitCode()).to.equal(3);
  });

  it("leave out what is not wanted", async () => {
    const process = await streams.exec(key("web"), shell("echo out; echo err >&2", { container: "main", stderr: false }));

    expect(await textOf(process)).to.deep.equal({ stdout: "out\n", stderr: "" });
  });

  it("carry any amount of input and output, unchanged, and the exit after all of it", async () => {
    const process = await streams.exec(key("web"), { command: ["cat"], container: "main", stdin: true });
    const [sent, received] = [createHash("sha256"), createHash("sha256")];
    const feed = async (): Promise<void> => {
      for (let count = 0; count < 50; count += 1) {
        const piece = Buffer.alloc(mebibyte, `${count} `);
        sent.update(piece);
        await process.write(piece);
      }
      process.endInput();
    };
    const feeding = feed();
    let bytes = 0;
    for await (const { data } of process.output) {
      received.update(data);
      bytes += data.length;
    }
    await feeding;

    expect(bytes).to.equal(50 * mebibyte);
    expect(received.digest("hex")).to.equal(sent.digest("hex"));
    expect(await process.exitCode()).to.equal(0);
  });

  it("give a program a terminal, of the size that the caller's has at any time", async () => {
    const options = { container: "main", stdin: true, tty: true, terminalSize: { columns: 101, rows: 31 } };
    // Docker before 23 sets a size only once the program runs.
    const sizes = 'until [ "$(stty size)" = "31 101" ]; do :; done; echo first; until [ "$(stty size)" = "22 77" ]; do :; done; exit 4';
    const process = await streams.exec(key("web"), shell(sizes, options));
    await until(process, /first\r\n/);
    await process.resize({ columns: 77, rows: 22 });
    await textOf(process);

    expect(await process.exitCode()).to.equal(4);
  });

  it("slow a program down whose output is read slowly", async () => {
    // It says how far it has got in a file, and can only go on when what it wrote has gone somewhere.
    const process = await streams.exec(
      key("web"),
      shell(`i=0; while [ $i -lt 200 ]; do dd if=/dev/zero bs=1M count=1 2>/dev/null; i=$((i+1)); echo $i > /tmp/progress; done`, {
        container: "main",
      }),
    );
    const progress = async (): Promise<number> =>
      Number(
        (await textOf(await streams.exec(key("web"), shell("cat /tmp/progress 2>/dev/null || echo 0", { container: "main" })))).stdout,
      );
    let [before, now] = [-1, await progress()];
    while (now !== before) {
      before = now;
      now = await progress();
    }

    expect(now).to.be.lessThan(64);
    let bytes = 0;
    for await (const { data } of process.output) bytes += data.length;
    expect(bytes).to.equal(200 * mebibyte);
  });

  it("end the input of a program whose caller has left", async () => {
    const stop = new AbortController();
    const process = await streams.exec(
      key("web"),
      shell("echo here; cat > /dev/null; echo gone > /tmp/left", { container: "main", stdin: true, signal: stop.signal }),
    );
    await until(process, /here/);
    stop.abort();

    const seen = await streams.exec(
      key("web"),
      shell("until [ -e /tmp/left ]; do usleep 20000; done; cat /tmp/left", { container: "main" }),
    );
    expect((await textOf(seen)).stdout).to.equal("gone\n");
  });

  it("refuse in Kubernetes' words what cannot be", async () => {
    const refused = [
      { of: streams.exec(key("web"), shell("true", { container: "nobody" })), says: "container nobody is not valid for pod web" },
      {
        of: streams.exec(key("web"), shell("true")),
        says: "a container name must be specified for pod web, choose one of: [main chat terminal]",
      },
      { of: streams.exec(key("web"), { command: [], container: "main" }), says: "you must specify at least one command for the container" },
      { of: streams.attach(key("web"), { container: "main", stdin: true }), says: "container main does not have stdin enabled" },
      { of: streams.portForward(key("web"), 70_000), says: "70000 is not a port: must be between 1 and 65535, inclusive" },
    ];
    for (const { of, says } of refused)
      expect(await failureOf(of))
        .to.satisfy(isBadRequest)
        .and.have.property("message", says);
  });

  it("attach to a container's own process, from now on, and leave it as it is", async () => {
    for (const word of ["one", "two"]) {
      const stop = new AbortController();
      const process = await streams.attach(key("web"), { container: "chat", stdin: true, signal: stop.signal });
      await process.write(Buffer.from(`${word}\n`));

      expect(await until(process, /heard/)).to.equal(`heard ${word}\n`);
      stop.abort();
    }
  });

  it("say by its exit code that a program is not there", async () => {
    const process = await streams.exec(key("web"), { command: ["no-such-program"], container: "main" });

    expect((await textOf(process)).stdout).to.contain("no-such-program");
    expect(await process.exitCode()).to.be.oneOf([126, 127]);
  });

  it("are many at once", async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const echoes = numbers.map(async (number) => {
      const process = await streams.exec(key("web"), shell(`echo ${number}; exit ${number}`, { container: "main" }));
      return { ...(await textOf(process)), code: await process.exitCode() };
    });

    expect(await Promise.all(echoes)).to.deep.equal(numbers.map((number) => ({ stdout: `${number}\n`, stderr: "", code: number })));
  });

  it("attach to a container's own terminal", async () => {
    const options = { container: "terminal", stdin: true, tty: true, terminalSize: { columns: 99, rows: 33 } };
    const process = await streams.attach(key("web"), options);
    await process.write(Buffer.from("stty size\n"));

    expect(await until(process, /\d+ \d+\r\n/)).to.contain("33 99\r\n");
  });

  const ports = [
    { it: "reach a port of a pod", port: 8080 },
    { it: "reach a program that listens on the pod's loopback alone", port: 8081 },
  ];
  for (const { it: does, port } of ports) {
    it(does, async () => {
      const connection = await streams.portForward(key("web"), port);
      connection.write("GET / HTTP/1.0\r\n\r\n");
      const pieces: Buffer[] = [];
      connection.on("data", (piece: Buffer) => pieces.push(piece));
      await once(connection, "end");
      connection.end();
      await finished(connection);

      expect(Buffer.concat(pieces).toString())
        .to.match(/^HTTP\/1.. 200 OK/)
        .and.match(/home\n$/);
    });
  }

  it("carry large transfers to and from a port at once, each half closed for itself", async () => {
    const port = 9000;
    const listening = `nc -l -p ${port} -e cat & until netstat -tln | grep -q ":${port} "; do :; done; echo up; wait`;
    await until(await streams.exec(key("web"), shell(listening, { container: "main" })), /up/);
    const connection = await streams.portForward(key("web"), port);
    const [sent, received] = [createHash("sha256"), createHash("sha256")];
    const feed = async (): Promise<void> => {
      for (let count = 0; count < 20; count += 1) {
        const piece = Buffer.alloc(mebibyte, `${count} `);
        sent.update(piece);
        if (!connection.write(piece)) await once(connection, "drain");
      }
      connection.end();
    };
    const feeding = feed();
    let bytes = 0;
    for await (const piece of connection) {
      received.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
    await feeding;

    expect(bytes).to.equal(20 * mebibyte);
    expect(received.digest("hex")).to.equal(sent.digest("hex"));
  });

  it("carry large transfers from the pod's loopback", async () => {
    const made = await streams.exec(
      key("web"),
      shell("dd if=/dev/urandom of=/www/large bs=1M count=20 && sha256sum /www/large", { container: "main" }),
    );
    const [wanted] = (await textOf(made)).stdout.split(" ");
    const connection = await streams.portForward(key("web"), 8081);
    connection.end("GET /large HTTP/1.0\r\n\r\n");
    const pieces: Buffer[] = [];
    for await (const piece of connection) pieces.push(piece as Buffer);
    const answer = Buffer.concat(pieces);
    const body = answer.subarray(answer.indexOf("\r\n\r\n") + 4);

    expect(createHash("sha256").update(body).digest("hex")).to.equal(wanted);
  });

  it("reach the machine's loopback through a pod that uses its network", async () => {
    const server = createServer((socket) => socket.end("from the machine")).listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      await docker.create(
        podKind,
        ns,
        `
metadata: { name: host }
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: ${docker.image}, command: [sleep, "1000"] }]
`,
      );
      await docker.running(ns, "host");
      const connection = await streams.portForward(key("host"), port);
      connection.end();
      const pieces: Buffer[] = [];
      for await (const piece of connection) pieces.push(piece as Buffer);

      expect(Buffer.concat(pieces).toString()).to.equal("from the machine");
    } finally {
      server.close();
    }
  });

  it("say that nobody listens", async () => {
    const failure = await failureOf(streams.portForward(key("web"), 9999));

    expect(failure).to.satisfy(isInternal);
    expect((failure as Error).message).to.match(/^error forwarding port 9999 to pod web: /);
  });

  it("end with an abort error when their caller's signal fires", async () => {
    const stop = new AbortController();
    const process = await streams.exec(key("web"), shell("echo up; sleep 1000", { container: "main", signal: stop.signal }));
    const reading = failureOf(textOf(process));
    stop.abort();

    expect(await reading).to.satisfy(isAbort);
    expect(await failureOf(process.exitCode())).to.satisfy(isAbort);
  });
});
