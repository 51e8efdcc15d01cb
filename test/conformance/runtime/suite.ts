import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { isContainerNotFound, isImageNotFound, isNameTaken, isRuntimeUnavailable } from "../../../src/howbelet/runtime/errors.js";
import type { ContainerConfig, ContainerSnapshot, Runtime, RuntimeEvent, RuntimeScope } from "../../../src/howbelet/runtime/interface.js";
import { containerConfig, identityOf, sandboxConfig } from "./configs.js";

/** What the suite needs of a runtime under test. */
export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** An image that is present, with a shell (or a hollow one). */
  readonly image: string;
  /** An image that is not, and cannot be pulled. */
  readonly missingImage: string;
  /** Removes all that the suite made. */
  cleanUp(scopes: readonly RuntimeScope[]): Promise<void>;
}

/**
 * The contract of `Runtime`. The containers that it makes run one of three commands: `["sleep", "1000"]`, which does
 * not heed SIGTERM, `["sh", "-c", "echo one; echo two; exit 3"]`, and `["/no/such/program"]`, which cannot be started.
 */
export function runtimeConformance(name: string, open: () => Promise<RuntimeUnderTest>): void {
  describe(`the runtime contract, kept by ${name}`, function () {
    this.timeout(60_000);
    const scope: RuntimeScope = { clusterUid: randomUUID(), nodeName: "conformance" };
    const other: RuntimeScope = { clusterUid: randomUUID(), nodeName: "conformance" };
    const signal = new AbortController().signal;
    let subject: RuntimeUnderTest;
    let runtime: Runtime;

    before(async () => {
      subject = await open();
      runtime = subject.runtime;
      await runtime.prepare(scope, "", signal);
    });

    after(async () => {
      await subject.cleanUp([scope, other]);
      runtime.close();
    });

    async function sandbox(podUid: string): Promise<string> {
      const id = await runtime.createSandbox(scope, sandboxConfig(podUid), signal);
      await runtime.start(id, signal);
      return id;
    }

    const container = (sandboxId: string, podUid: string, command: readonly string[], overrides: Partial<ContainerConfig> = {}) =>
      containerConfig({ identity: identityOf(podUid), image: subject.image, sandboxId, command }, overrides);

    async function inspected(id: string): Promise<ContainerSnapshot> {
      const snapshot = await runtime.inspect(id, signal);
      if (snapshot === undefined) throw new Error(`container ${id} is gone`);
      return snapshot;
    }

    /** Collects hints from now on; `until` resolves when one of them matches. */
    function watch(): { until(match: (event: RuntimeEvent) => boolean): Promise<void>; stop(): void; ready: Promise<void> } {
      const stop = new AbortController();
      const seen: RuntimeEvent[] = [];
      let changed = (): void => undefined;
      let markReady = (): void => undefined;
      const ready = new Promise<void>((resolve) => {
        markReady = resolve;
      });
      const reading = (async () => {
        for await (const event of runtime.events(scope, markReady, stop.signal)) {
          seen.push(event);
          changed();
        }
      })();
      reading.catch((_stopped: unknown) => undefined);
      return {
        ready,
        stop: () => stop.abort(),
        until: async (match) => {
          while (!seen.some(match))
            await new Promise<void>((resolve) => {
              changed = resolve;
            });
        },
      };
    }

    async function ended(id: string, cause: () => Promise<unknown>): Promise<ContainerSnapshot> {
      const hints = watch();
      await hints.ready;
      try {
        await cause();
        await hints.until((event) => event.containerId === id && event.type === "die");
      } finally {
        hints.stop();
      }
      return inspected(id);
    }

    async function read(id: string, options: { readonly tailLines?: number; readonly follow?: boolean } = {}): Promise<string> {
      const all: Buffer[] = [];
      const full = {
        follow: options.follow ?? false,
        timestamps: false,
        tailLines: options.tailLines,
        sinceSeconds: undefined,
        stdout: true,
        stderr: true,
      };
      for await (const piece of runtime.streams.logs(id, full, signal)) all.push(piece);
      return Buffer.concat(all).toString();
    }

    it("says what it is and how large its machine", async () => {
      const info = await runtime.info(signal);

      expect(info.version).to.match(/^\d+\./);
      expect(info.cpus).to.be.greaterThan(0);
      expect(info.memoryBytes).to.be.greaterThan(2 ** 20);
      expect(info.storageBytes).to.be.greaterThan(2 ** 20);
      expect(info.architecture).to.be.oneOf(["amd64", "arm64"]);
    });

    it("prepares again what it has prepared already", async () => {
      const [first, second] = [await runtime.prepare(scope, "", signal), await runtime.prepare(scope, "", signal)];

      expect(second.name).to.equal(first.name);
    });

    it("knows which images are present", async () => {
      expect((await runtime.images.find(subject.image, signal))?.id).to.match(/^sha256:/);
      expect(await runtime.images.find(subject.missingImage, signal)).to.equal(undefined);
    });

    it("gives a running sandbox an address, and ends it by SIGTERM at once", async () => {
      const id = await sandbox(randomUUID());
      const running = await inspected(id);
      const dead = await ended(id, () => runtime.terminate(id, signal));

      expect(running.phase).to.equal("running");
      expect(running.ip).to.match(/^\d+\.\d+\.\d+\.\d+$/);
      expect(dead.phase).to.equal("exited");
      expect(dead.ip).to.equal("");
    });

    it("tells what a container is once it has started, and again when it is started once more", async () => {
      const podUid = randomUUID();
      const id = await runtime.createContainer(scope, container(await sandbox(podUid), podUid, ["sleep", "1000"]), signal);
      const started = await runtime.start(id, signal);

      expect(started).to.deep.equal(await inspected(id));
      expect(started?.phase).to.equal("running");
      expect(await runtime.start(id, signal)).to.deep.equal(started);
    });

    it("tells a container's life from created to exited", async () => {
      const podUid = randomUUID();
      const sandboxId = await sandbox(podUid);
      const id = await runtime.createContainer(scope, container(sandboxId, podUid, ["sleep", "1000"]), signal);
      const created = await inspected(id);
      await runtime.start(id, signal);
      const running = await inspected(id);
      const dead = await ended(id, () => runtime.kill(id, signal));

      expect(created).to.include({ phase: "created", sandboxId, image: subject.image });
      expect(created.identity.podUid).to.equal(podUid);
      expect(running.phase).to.equal("running");
      expect(running.startedAtMs).to.be.a("number");
      expect(dead).to.include({ phase: "exited", exitCode: 137, oomKilled: false });
      expect(dead.finishedAtMs ?? 0).to.be.at.least(running.startedAtMs ?? Number.NaN);
    });

    it("leaves a container that does not heed the request to end running, until it is killed", async () => {
      const podUid = randomUUID();
      const id = await runtime.createContainer(scope, container(await sandbox(podUid), podUid, ["sleep", "1000"]), signal);
      await runtime.start(id, signal);
      await runtime.terminate(id, signal);

      expect((await inspected(id)).phase).to.equal("running");
      expect((await ended(id, () => runtime.kill(id, signal))).phase).to.equal("exited");
    });

    it("keeps the exit code and the output of a container that ended", async () => {
      const podUid = randomUUID();
      const command = ["sh", "-c", "echo one; echo two; exit 3"];
      const id = await runtime.createContainer(scope, container(await sandbox(podUid), podUid, command), signal);
      const dead = await ended(id, () => runtime.start(id, signal));

      expect(dead).to.include({ phase: "exited", exitCode: 3 });
      expect(await read(id)).to.equal("one\ntwo\n");
      expect(await read(id, { tailLines: 1 })).to.equal("two\n");
      expect(await read(id, { tailLines: 0 })).to.equal("");
    });

    it("ends a log that is followed when its container ends", async () => {
      const podUid = randomUUID();
      const command = ["sh", "-c", "echo one; echo two; exit 3"];
      const id = await runtime.createContainer(scope, container(await sandbox(podUid), podUid, command), signal);
      await ended(id, () => runtime.start(id, signal));
      const running = await runtime.createContainer(scope, container(await sandbox(randomUUID()), randomUUID(), ["sleep", "1000"]), signal);
      await runtime.start(running, signal);
      const following = read(running, { follow: true });
      await ended(running, () => runtime.kill(running, signal));

      expect(await following).to.equal("");
    });

    it("remembers why a container could not be started", async () => {
      const podUid = randomUUID();
      const id = await runtime.createContainer(scope, container(await sandbox(podUid), podUid, ["/no/such/program"]), signal);
      const failure = await runtime.start(id, signal).then(
        () => undefined,
        (error: unknown) => error,
      );
      const snapshot = await inspected(id);

      expect(failure).to.be.an("error").with.property("message").that.contains("/no/such/program");
      expect(snapshot.phase).to.equal("exited");
      expect(snapshot.startError).to.contain("/no/such/program");
      expect(snapshot.exitCode).to.equal(127);
    });

    it("makes a container once however often it is asked to", async () => {
      const podUid = randomUUID();
      const config = container(await sandbox(podUid), podUid, ["sleep", "1000"]);
      const ids = [await runtime.createContainer(scope, config, signal), await runtime.createContainer(scope, config, signal)];

      expect(ids[1]).to.equal(ids[0]);
    });

    it("does not take over a container of another cluster that has the name", async () => {
      const podUid = randomUUID();
      const config = container(await sandbox(podUid), podUid, ["sleep", "1000"]);
      await runtime.createContainer(other, config, signal);
      const failure = await runtime.createContainer(scope, config, signal).catch((error: unknown) => error);

      expect(isNameTaken(failure), String(failure)).to.equal(true);
    });

    it("refuses a container whose image is missing", async () => {
      const podUid = randomUUID();
      const config = container(await sandbox(podUid), podUid, ["sleep", "1000"], { image: subject.missingImage });
      const failure = await runtime.createContainer(scope, config, signal).catch((error: unknown) => error);

      expect(isImageNotFound(failure), String(failure)).to.equal(true);
    });

    it("lists the containers of its own cluster and node alone, running or not", async () => {
      const podUid = randomUUID();
      const sandboxId = await sandbox(podUid);
      const id = await runtime.createContainer(scope, container(sandboxId, podUid, ["sleep", "1000"]), signal);
      const foreign = await runtime.createContainer(other, container(sandboxId, randomUUID(), ["sleep", "1000"]), signal);
      const listed = await runtime.list(scope, signal);

      const ofPod = listed.filter((each) => each.identity.podUid === podUid);
      expect(new Map(ofPod.map((each) => [each.id, each.phase]))).to.deep.equal(
        new Map([
          [sandboxId, "running"],
          [id, "created"],
        ]),
      );
      expect(listed.map((each) => each.id)).to.not.include(foreign);
      expect((await runtime.list(other, signal)).map((each) => each.id))
        .to.include(foreign)
        .and.not.include(id);
      expect(await runtime.list({ ...scope, nodeName: "elsewhere" }, signal)).to.deep.equal([]);
    });

    it("removes what runs, and what is gone already", async () => {
      const podUid = randomUUID();
      const id = await runtime.createContainer(scope, container(await sandbox(podUid), podUid, ["sleep", "1000"]), signal);
      await runtime.start(id, signal);
      await runtime.remove(id, signal);
      await runtime.remove(id, signal);

      expect(await runtime.inspect(id, signal)).to.equal(undefined);
      await runtime.kill(id, signal);
      await runtime.terminate(id, signal);
    });

    it("says that a container to start is not there", async () => {
      const failure = await runtime.start("0123456789ab", signal).catch((error: unknown) => error);

      expect(isContainerNotFound(failure), String(failure)).to.equal(true);
      expect(isRuntimeUnavailable(failure)).to.equal(false);
    });
  });
}
