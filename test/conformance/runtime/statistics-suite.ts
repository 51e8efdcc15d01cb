import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { Runtime, RuntimeScope } from "../../../src/howbelet/runtime/interface.js";
import { containerConfig, identityOf, sandboxConfig } from "./configs.js";
import type { RuntimeUnderTest } from "./suite.js";

/** The contract of `ContainerStatistics`. The program whose use is measured is `["sleep", "1000"]`. */
export function statisticsConformance(name: string, open: () => Promise<RuntimeUnderTest>): void {
  describe(`the contract of container statistics, kept by ${name}`, function () {
    this.timeout(60_000);
    const scope: RuntimeScope = { clusterUid: randomUUID(), nodeName: "statistics" };
    const signal = new AbortController().signal;
    let subject: RuntimeUnderTest;
    let runtime: Runtime;

    before(async () => {
      subject = await open();
      runtime = subject.runtime;
      await runtime.prepare(scope, "", signal);
    });
    after(async () => {
      await subject.cleanUp([scope]);
      runtime.close();
    });

    async function created(): Promise<string> {
      const podUid = randomUUID();
      const sandboxId = await runtime.createSandbox(scope, sandboxConfig(podUid), signal);
      await runtime.start(sandboxId, signal);
      const config = { identity: identityOf(podUid), image: subject.image, sandboxId, command: ["sleep", "1000"] };
      return runtime.createContainer(scope, containerConfig(config), signal);
    }

    it("tells what a running container uses, and never less processor time than before", async () => {
      const id = await created();
      await runtime.start(id, signal);
      const first = await runtime.statistics.usageOf(id, signal);
      const second = await runtime.statistics.usageOf(id, signal);

      expect(first?.workingSetBytes).to.be.above(0);
      expect(first?.pids).to.be.at.least(1);
      expect(second?.cpuMicroseconds).to.be.at.least(first?.cpuMicroseconds ?? Number.NaN);
      expect(second?.measuredAtMs).to.be.at.least(first?.measuredAtMs ?? Number.NaN);
    });

    it("tells nothing of one that does not run: not yet, not any more, not at all", async () => {
      const id = await created();
      expect(await runtime.statistics.usageOf(id, signal)).to.equal(undefined);
      await runtime.start(id, signal);
      expect(await runtime.statistics.usageOf(id, signal)).to.not.equal(undefined);
      await runtime.remove(id, signal);
      expect(await runtime.statistics.usageOf(id, signal)).to.equal(undefined);
      expect(await runtime.statistics.usageOf("0123456789ab", signal)).to.equal(undefined);
    });

    it("tells what a container has written, while it is there", async () => {
      const id = await created();
      await runtime.start(id, signal);
      const storage = await runtime.statistics.storageOf(id, signal);

      expect(storage?.writableBytes).to.be.at.least(0);
      expect(storage?.logBytes).to.be.at.least(0);
      await runtime.remove(id, signal);
      expect(await runtime.statistics.storageOf(id, signal)).to.equal(undefined);
    });

    it("tells how its machine is, as far as it is in sight", async () => {
      const machine = await runtime.statistics.machine(signal);
      if (machine === undefined) return;

      expect(machine.memoryAvailableBytes).to.be.within(1, machine.memoryCapacityBytes);
      expect(machine.pids).to.be.within(1, machine.pidsMax);
      expect(machine.imageFileSystem?.availableBytes).to.be.within(0, machine.imageFileSystem?.capacityBytes ?? 0);
      expect(machine.cpuMicroseconds).to.be.above(0);
    });
  });
}
