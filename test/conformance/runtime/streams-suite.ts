import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { isAbort } from "../../../src/base/abort.js";
import type { OutputPiece, StreamedProcess } from "../../../src/howbelet/runtime/container-streams.js";
import type { Runtime, RuntimeScope } from "../../../src/howbelet/runtime/interface.js";
import { eventually } from "../../eventually.js";
import { containerConfig, identityOf, sandboxConfig } from "./configs.js";
import type { RuntimeUnderTest } from "./suite.js";

/**
 * The contract of `ContainerStreams`. The programs that it runs are `cat`, which repeats its input; `["sh", "-c", "echo
 * out; echo err >&2; exit 3"]`; and `/no/such/program`. What listens on port 8080 of a pod repeats what it is sent.
 */
export function streamsConformance(name: string, open: () => Promise<RuntimeUnderTest>): void {
  describe(`the contract of container streams, kept by ${name}`, function () {
    this.timeout(60_000);
    const scope: RuntimeScope = { clusterUid: randomUUID(), nodeName: "streams" };
    const signal = new AbortController().signal;
    let subject: RuntimeUnderTest;
    let runtime: Runtime;
    let id: string;

    before(async () => {
      subject = await open();
      runtime = subject.runtime;
      await runtime.prepare(scope, "", signal);
    });
    after(async () => {
      await subject.cleanUp([scope]);
      runtime.close();
    });

    async function sandbox(podUid: string): Promise<string> {
      const sandboxId = await runtime.createSandbox(scope, sandboxConfig(podUid), signal);
      await runtime.start(sandboxId, signal);
      return sandboxId;
    }

    async function container(command: readonly string[], podUid = randomUUID(), given?: string): Promise<string> {
      const sandboxId = given ?? (await sandbox(podUid));
      const config = containerConfig({ identity: identityOf(podUid), image: subject.image, sandboxId, command });
      const made = await runtime.createContainer(scope, config, signal);
      await runtime.start(made, signal);
      return made;
    }

    beforeEach(async () => {
      id = await container(["sleep", "1000"]);
    });

    async function textOf({ output }: StreamedProcess): Promise<Record<OutputPiece["stream"], string>> {
      const text = { stdout: "", stderr: "" };
      for await (const { stream, data } of output) text[stream] += data.toString();
      return text;
    }

    it("tells output from error output, and the exit code", async () => {
      const options = { command: ["sh", "-c", "echo out; echo err >&2; exit 3"], stdin: false, tty: false };
      const process = await runtime.streams.exec(id, options, signal);

      expect(await textOf(process)).to.deep.equal({ stdout: "out\n", stderr: "err\n" });
      expect(await process.exitCode()).to.equal(3);
    });

    it("hands input over, to its end", async () => {
      const process = await runtime.streams.exec(id, { command: ["cat"], stdin: true, tty: false }, signal);
      await process.write(Buffer.from("one "));
      await process.write(Buffer.from("two"));
      process.endInput();

      expect((await textOf(process)).stdout).to.equal("one two");
      expect(await process.exitCode()).to.equal(0);
      await process.write(Buffer.from("too late"));
    });

    it("says that a program cannot be run by its exit code", async () => {
      const process = await runtime.streams.exec(id, { command: ["/no/such/program"], stdin: false, tty: false }, signal);
      await textOf(process);

      expect(await process.exitCode()).to.be.oneOf([126, 127]);
    });

    it("kills a program that does not end, if it has the means to", async () => {
      const process = await runtime.streams.exec(id, { command: ["cat"], stdin: true, tty: false }, signal);
      const output = process.output[Symbol.asyncIterator]();
      await process.write(Buffer.from("begun"));
      if (process.kill === undefined) {
        // Then its input is what ends it.
        process.endInput();
      } else {
        await output.next();
        // An engine may have heard from a program before it knows which process it is.
        await eventually(() => process.kill?.());
      }
      for (let next = await output.next(); next.done !== true; next = await output.next()) expect(next.value.stream).to.equal("stdout");
      expect(await process.exitCode()).to.equal(process.kill === undefined ? 0 : 137);
    });

    it("refuses what does not run, and what is not there", async () => {
      await runtime.kill(id, signal);
      const options = { command: ["cat"], stdin: false, tty: false };

      for (const call of [
        () => runtime.streams.exec("no-such-container", options, signal),
        () => runtime.streams.attach("no-such-container", { stdin: false }, signal),
        () => runtime.streams.exec(id, options, signal),
        () => runtime.streams.attach(id, { stdin: false }, signal),
      ])
        expect(await call().catch((error: unknown) => error))
          .to.be.an("error")
          .with.property("name", "RuntimeError");
    });

    it("ends an attachment with the container, and then knows its exit code", async () => {
      const process = await runtime.streams.attach(id, { stdin: false }, signal);
      const reading = textOf(process);
      await runtime.kill(id, signal);

      expect(await reading).to.deep.equal({ stdout: "", stderr: "" });
      expect(await process.exitCode()).to.equal(137);
    });

    it("connects to a port of a pod, each half to be closed for itself", async () => {
      const podUid = randomUUID();
      const sandboxId = await sandbox(podUid);
      await container(["nc", "-l", "-p", "8080", "-e", "cat"], podUid, sandboxId);
      // It listens a moment after it has started.
      const connection = await eventually(() => runtime.streams.connect(sandboxId, 8080, signal));
      connection.end("hello");
      const pieces: Buffer[] = [];
      for await (const piece of connection) pieces.push(piece as Buffer);

      expect(Buffer.concat(pieces).toString()).to.equal("hello");
    });

    it("says that nobody listens, or that there is no such pod", async () => {
      const sandboxId = await sandbox(randomUUID());
      for (const call of [
        () => runtime.streams.connect(sandboxId, 8081, signal),
        () => runtime.streams.connect("no-such-sandbox", 8080, signal),
      ])
        expect(await call().catch((error: unknown) => error))
          .to.be.an("error")
          .with.property("name", "RuntimeError");
    });

    it("lets go when its signal fires", async () => {
      const stop = new AbortController();
      const process = await runtime.streams.exec(id, { command: ["cat"], stdin: true, tty: false }, stop.signal);
      const reading = textOf(process).catch((error: unknown) => error);
      stop.abort();

      expect(isAbort(await reading)).to.equal(true);
    });
  });
}
