import { expect } from "chai";
import { node } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { EvictionTurns } from "./eviction-turns.js";
import { evictionPaceOf, type Zone, zoneOf, zoneStateOf, zonesOf } from "./zones.js";

const counts = (ready: number, notReady: number): Zone => ({ ready, notReady });

describe("zoneStateOf", () => {
  const cases = [
    { it: "normal while all are ready", zone: counts(3, 0), state: "normal" },
    { it: "normal without nodes", zone: counts(0, 0), state: "normal" },
    { it: "normal while only two have failed, whatever their share", zone: counts(1, 2), state: "normal" },
    { it: "normal while less than 55 % have failed", zone: counts(46, 54), state: "normal" },
    { it: "a partial disruption from 55 % on", zone: counts(45, 55), state: "partial disruption" },
    { it: "a full disruption when none is ready", zone: counts(0, 1), state: "full disruption" },
  ];
  for (const { it: is, zone, state } of cases) it(`is ${is}`, () => expect(zoneStateOf(zone)).to.equal(state));
});

describe("evictionPaceOf", () => {
  const well = counts(3, 0);
  const cases: readonly { it: string; zones: Readonly<Record<string, Zone>>; pace: unknown }[] = [
    { it: "a node every ten seconds", zones: { a: counts(3, 1) }, pace: { intervalMs: 10_000 } },
    { it: "none in a small zone of which most has failed", zones: { a: counts(20, 30) }, pace: "halted" },
    { it: "a node every hundred seconds in a large one", zones: { a: counts(20, 31) }, pace: { intervalMs: 100_000 } },
    {
      it: "a node every ten seconds where one zone of several has failed",
      zones: { a: counts(0, 9), b: well },
      pace: { intervalMs: 10_000 },
    },
    {
      it: "none, and what has begun is called off, where all zones have failed",
      zones: { a: counts(0, 1), b: counts(0, 9) },
      pace: "called off",
    },
  ];
  for (const { it: is, zones, pace } of cases) {
    it(`is ${is}`, () => expect(evictionPaceOf("a", new Map(Object.entries(zones)))).to.deep.equal(pace));
  }
});

describe("zonesOf", () => {
  it("counts nodes by region and zone", () => {
    const labels = (region: string, zone: string) => ({ "topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone });
    const a = node({ name: "a", labels: labels("eu", "1") });
    const b = node({ name: "b", labels: labels("eu", "2") });
    const c = node({ name: "c", labels: labels("us", "1") });
    const d = node({ name: "d", labels: labels("eu", "1"), ready: false });
    const zones = zonesOf([a, b, c, d, node()], (each) => each !== d);

    expect(zones.size).to.equal(4);
    expect(zones.get(zoneOf(a))).to.deep.equal(counts(1, 1));
    expect(zones.get(zoneOf(c))).to.deep.equal(counts(1, 0));
  });
});

describe("EvictionTurns", () => {
  it("gives one node of a zone a turn each interval", async () => {
    const clock = new FakeClock();
    const turns = new EvictionTurns(clock);
    expect(turns.ask("a", "z", 10_000)).to.deep.equal({ granted: true });
    expect(turns.ask("b", "z", 10_000)).to.deep.equal({ granted: false, askAgainMs: 10_000 });
    expect(turns.ask("c", "another", 10_000)).to.deep.equal({ granted: true });
    await clock.advance(10_000);
    expect(turns.ask("b", "z", 10_000)).to.deep.equal({ granted: true });
    expect(turns.ask("d", "z", 10_000)).to.deep.equal({ granted: false, askAgainMs: 10_000 });
  });

  it("lets a node have its turn again, until it is taken back", () => {
    const turns = new EvictionTurns(new FakeClock());
    turns.ask("a", "z", 10_000);
    expect(turns.ask("a", "z", 10_000)).to.deep.equal({ granted: true });
    turns.takeBack("a");
    expect(turns.ask("a", "z", 10_000)).to.deep.equal({ granted: false, askAgainMs: 10_000 });
  });

  it("goes by the pace of now", async () => {
    const clock = new FakeClock();
    const turns = new EvictionTurns(clock);
    turns.ask("a", "z", 100_000);
    await clock.advance(10_000);
    expect(turns.ask("b", "z", 100_000)).to.deep.equal({ granted: false, askAgainMs: 90_000 });
    expect(turns.ask("b", "z", 10_000)).to.deep.equal({ granted: true });
  });
});
