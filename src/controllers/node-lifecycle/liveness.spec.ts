import { expect } from "chai";
import { birthMs, lease } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { disconnectedAnnotation, Liveness } from "./liveness.js";

describe("Liveness", () => {
  let clock: FakeClock;
  let blockedMs: number;
  let liveness: Liveness;
  let beats: number;

  beforeEach(() => {
    clock = new FakeClock();
    blockedMs = 0;
    beats = 0;
    liveness = new Liveness(clock, () => blockedMs);
    liveness.observe(lease());
  });

  const beat = (): boolean => liveness.observe(lease({ renewedMs: birthMs + 1_000 * ++beats }));
  const disconnect = (at: string): boolean =>
    liveness.observe(lease({ renewedMs: birthMs + 1_000 * beats, annotations: { [disconnectedAnnotation]: at } }));
  const isAlive = (): boolean => liveness.verdict("n1").alive;

  it("takes a node for dead fifteen seconds after its Lease changed last", async () => {
    beat();
    await clock.advance(14_999);
    expect(liveness.verdict("n1")).to.deep.equal({ alive: true, askAgainMs: 1 });
    await clock.advance(1);
    expect(isAlive()).to.equal(false);
  });

  it("gives a node thirty seconds to be heard of for the first time", async () => {
    await clock.advance(29_999);
    expect(isAlive()).to.equal(true);
    await clock.advance(1);
    expect(isAlive()).to.equal(false);
  });

  it("gives a node that has no Lease the same", async () => {
    liveness.expect("n2");
    await clock.advance(30_000);
    expect(liveness.verdict("n2").alive).to.equal(false);
  });

  it("does not take a Lease seen twice for two heartbeats", async () => {
    beat();
    await clock.advance(10_000);
    liveness.observe(lease({ renewedMs: birthMs + 1_000 * beats }));
    await clock.advance(5_000);
    expect(isAlive()).to.equal(false);
  });

  it("does not look at the time that a Lease says it is", async () => {
    beat();
    liveness.observe(lease({ renewedMs: birthMs - 3_600_000 }));
    await clock.advance(14_999);
    expect(isAlive()).to.equal(true);
  });

  it("does not mind the wall clock", () => {
    beat();
    clock.stepWall(3_600_000);
    expect(isAlive()).to.equal(true);
  });

  it("does not count the time that it could not listen itself", async () => {
    beat();
    await clock.advance(60_000);
    blockedMs = 50_000;
    expect(liveness.verdict("n1")).to.deep.equal({ alive: true, askAgainMs: 5_000 });
  });

  it("takes a node for dead as soon as its stream is said to be broken", () => {
    beat();
    expect([disconnect("2026-01-01T00:00:00Z"), isAlive()]).to.deep.equal([true, false]);
  });

  it("takes it for alive again with its next heartbeat", () => {
    beat();
    disconnect("2026-01-01T00:00:00Z");
    expect([beat(), isAlive()]).to.deep.equal([true, true]);
  });

  it("does not go by a break that was there before it listened", async () => {
    const fresh = new Liveness(clock, () => 0);
    const broken = lease({ annotations: { [disconnectedAnnotation]: "2026-01-01T00:00:00Z" } });
    fresh.observe(broken);
    fresh.observe(broken);
    expect(fresh.verdict("n1").alive).to.equal(true);
    await clock.advance(30_000);
    expect(fresh.verdict("n1").alive).to.equal(false);
  });

  it("keeps to the duration that the Lease names", async () => {
    liveness.observe(lease({ renewedMs: birthMs + 5_000, durationSeconds: 40 }));
    await clock.advance(39_999);
    expect(isAlive()).to.equal(true);
    await clock.advance(1);
    expect(isAlive()).to.equal(false);
  });
});
