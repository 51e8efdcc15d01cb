import { expect } from "chai";
import type { Clock } from "../../base/clock.js";
import { BlockedTime } from "./blocked-time.js";

/** A clock whose timers fire when the test says so, which may be late. */
class LateClock implements Clock {
  elapsedMs = 0;
  private task: (() => void) | undefined;
  now = (): number => this.elapsedMs;
  monotonicMs = (): number => this.elapsedMs;
  sleep = (): Promise<void> => Promise.reject(new Error("nobody sleeps here"));
  after = (_ms: number, task: () => void): (() => void) => {
    this.task = task;
    return () => {
      this.task = undefined;
    };
  };
  fireAfter(ms: number): void {
    this.elapsedMs += ms;
    this.task?.();
  }
}

describe("BlockedTime", () => {
  let clock: LateClock;
  let blocked: BlockedTime;

  beforeEach(() => {
    clock = new LateClock();
    blocked = new BlockedTime(clock);
    blocked.start();
  });

  it("is nothing while timers fire in time", () => {
    for (let tick = 0; tick < 100; tick++) clock.fireAfter(510);
    expect(blocked.totalMs()).to.equal(0);
  });

  it("adds up what timers were late", () => {
    clock.fireAfter(30_500);
    clock.fireAfter(500);
    clock.fireAfter(10_500);
    expect(blocked.totalMs()).to.equal(40_000);
  });

  it("includes a stall whose timer has yet to fire", () => {
    clock.elapsedMs += 30_500;
    expect(blocked.totalMs()).to.equal(30_000);
  });

  it("counts no stall twice", () => {
    clock.elapsedMs += 30_500;
    blocked.totalMs();
    clock.fireAfter(0);
    expect(blocked.totalMs()).to.equal(30_000);
  });
});
