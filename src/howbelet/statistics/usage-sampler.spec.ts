import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { isAbort } from "../../base/abort.js";
import type { ContainerUsage } from "../runtime/container-statistics.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { UsageSampler } from "./usage-sampler.js";

const never = new AbortController().signal;

/** A container that uses half a processor, on a clock that stands still by itself. */
class Stage {
  readonly clock = new FakeClock();
  measurements = 0;
  /** Thousandths of a processor, from now on. */
  cpuMilli = 500;
  private usedMicroseconds = 0;
  private countedAtMs = 0;
  readonly sampler: UsageSampler;

  constructor() {
    const identity = { podUid: "pod", container: "main", kind: "app" };
    const running = { id: "a", identity, phase: "running", startedAtMs: this.clock.now() - 60_000 } as unknown as ContainerSnapshot;
    const sandbox = { ...running, id: "s", identity: { ...running.identity, kind: "sandbox" } } as ContainerSnapshot;
    this.sampler = new UsageSampler({
      statistics: {
        usageOf: async (id) => (id === "a" ? this.measure() : Promise.reject(new Error(`${id} is not to be measured`))),
        storageOf: async () => undefined,
        machine: async () => undefined,
      },
      containers: () => [running, sandbox],
      clock: this.clock,
      lifetime: never,
    });
  }

  private measure(): ContainerUsage {
    this.measurements += 1;
    const nowMs = this.clock.monotonicMs();
    this.usedMicroseconds += this.cpuMilli * (nowMs - this.countedAtMs);
    this.countedAtMs = nowMs;
    return { measuredAtMs: this.clock.now(), cpuMicroseconds: this.usedMicroseconds, workingSetBytes: 1, pids: 1 };
  }

  /** Asks, and lets as much time pass as the answer takes. */
  async ask(): Promise<{ readonly milli: number | undefined; readonly windowMs: number }> {
    let isAnswered = false;
    const asking = this.sampler.read(never).finally(() => {
      isAnswered = true;
    });
    await this.clock.advance(0);
    if (!isAnswered) await this.clock.advance(1_000);
    const { containers, windowMs } = await asking;
    const nanocores = containers[0]?.usage?.cpuNanocores;
    return { milli: nanocores === undefined ? undefined : nanocores / 1_000_000, windowMs };
  }
}

describe("UsageSampler", () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
  });

  it("measures nothing while nobody asks", async () => {
    await stage.clock.advance(600_000);
    expect(stage.measurements).to.equal(0);
  });

  it("takes two looks, a second apart, when it is asked for the first time", async () => {
    expect(await stage.ask()).to.deep.equal({ milli: 500, windowMs: 1_000 });
    expect(stage.measurements).to.equal(2);
  });

  it("answers at once from then on, over the time since the last look", async () => {
    await stage.ask();
    stage.cpuMilli = 100;
    await stage.clock.advance(4_000);
    expect((await stage.ask()).windowMs).to.equal(5_000);
  });

  it("tells what was used over about a quarter of a minute when it is asked often", async () => {
    for (let second = 0; second < 20; second += 1) {
      await stage.ask();
      await stage.clock.advance(2_000);
    }
    const { windowMs } = await stage.ask();
    expect(windowMs).to.be.within(15_000, 20_000);
  });

  it("forgets what it saw long ago", async () => {
    await stage.ask();
    await stage.clock.advance(120_000);
    expect((await stage.ask()).windowMs).to.equal(1_000);
  });

  it("measures once for all who ask at the same time, and again at the earliest a second later", async () => {
    const [first, second] = [stage.ask(), stage.ask()];
    await Promise.all([first, second]);
    expect(await stage.ask()).to.deep.equal({ milli: 500, windowMs: 1_000 });
    expect(stage.measurements).to.equal(2);
  });

  it("lets one who asks go, and goes on for the others", async () => {
    const leaving = new AbortController();
    const left = stage.sampler.read(leaving.signal).catch((error: unknown) => error);
    const staying = stage.ask();
    leaving.abort();
    expect(isAbort(await left)).to.equal(true);
    expect((await staying).milli).to.equal(500);
  });
});
