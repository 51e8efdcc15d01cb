import { expect } from "chai";
import { node } from "../../test/builders/index.js";
import { settle } from "../../test/fakes/fake-api/settle.js";
import { type ProfileChange, SchedulingTrial } from "../../test/fakes/scheduling-trial.js";
import { nodeKind } from "../api/kinds/node/kind.js";
import { type Deferred, deferred } from "../base/abort.js";
import type { PodInfo } from "./cluster/pod-info.js";
import type { FilterPlugin } from "./framework/plugin.js";
import { type Refusal, refusal } from "./framework/refusal.js";

describe("SchedulingTerm, with a plugin", () => {
  let trial: SchedulingTrial;
  beforeEach(() => {
    trial = new SchedulingTrial();
  });
  afterEach(() => trial.stop());

  const isNamed = ({ pod: { metadata } }: PodInfo, start: string): boolean => metadata.name.startsWith(start);

  describe("that fails", () => {
    let isBroken: boolean;
    beforeEach(() => {
      isBroken = true;
      trial.api.seed(nodeKind, node({ name: "n1" }));
    });
    const fail = (of: PodInfo): undefined => {
      if (isBroken && isNamed(of, "bad")) throw new TypeError("cannot read what is not there");
      return undefined;
    };
    const faults: readonly { readonly at: string; readonly change: ProfileChange }[] = [
      {
        at: "filtering",
        change: ({ filters }) => ({ filters: [...filters, { name: "F", scope: "node", prepareFilter: fail, wakes: {} }] }),
      },
      {
        at: "scoring",
        change: ({ scores }) => ({ scores: [...scores, { weight: 1, plugin: { name: "S", scope: "node", prepareScore: fail } }] }),
      },
      { at: "reserving", change: () => ({ reserves: [{ name: "R", reserve: fail, unreserve: () => undefined }] }) },
      { at: "permitting", change: () => ({ permits: [{ name: "P", permit: async (of) => fail(of) }] }) },
    ];
    for (const { at, change } of faults) {
      it(`places the others when ${at} some pods fails, and those when it does not any more`, async () => {
        trial.api.seed(nodeKind, node({ name: "n2" }));
        await trial.start(change);
        // More than write at once: none of them keeps others from being written.
        await Promise.all(Array.from({ length: 70 }, (_, index) => trial.create({ name: `bad-${index}` })));
        await settle(50);
        await trial.create({ name: "good" });
        await settle(50);
        expect([trial.hasFailed, trial.nodeOf("good") === "", trial.nodeOf("bad-0")]).to.deep.equal([false, false, ""]);
        expect(trial.term.state.nodes().reduce((sum, { podCount }) => sum + podCount, 0)).to.equal(1);
        isBroken = false;
        await trial.clock.advance(60_000);
        await settle(200);
        expect([trial.hasFailed, trial.nodeOf("bad-0") === "", trial.nodeOf("bad-69") === ""]).to.deep.equal([false, false, false]);
      });
    }

    it("gives back what others have reserved", async () => {
      let kept = 0;
      const keeps = { name: "K", reserve: () => void kept++, unreserve: () => void kept-- };
      const fails = { name: "R", reserve: fail, unreserve: () => undefined };
      await trial.start(() => ({ reserves: [keeps, fails] }));
      await trial.create({ name: "bad" });
      await settle();
      expect(kept).to.equal(0);
    });

    it("wakes the others when it cannot say of one whether an event helps", async () => {
      let isReady = false;
      const waits: FilterPlugin = {
        name: "Wakes",
        scope: "cluster",
        prepareFilter: (of) =>
          isNamed(of, "free")
            ? undefined
            : { check: () => (isReady ? undefined : refusal("Wakes", "node(s) were not right")), explain: () => [] },
        wakes: { podPlaced: (_, of) => fail(of) ?? true },
      };
      await trial.start(({ filters }) => ({ filters: [...filters, waits] }));
      await trial.create({ name: "bad" });
      await trial.create({ name: "waits" });
      await settle();
      isReady = true;
      await trial.create({ name: "free" });
      await trial.clock.advance(10_000);
      await settle();
      expect(["free", "waits", "bad"].map((name) => trial.nodeOf(name))).to.deep.equal(["n1", "n1", "n1"]);
    });
  });

  describe("that holds a pod back", () => {
    let answer: Deferred<Refusal | undefined>;
    let asked: number;
    let given: number;
    beforeEach(async () => {
      [answer, asked, given] = [deferred(), 0, 0];
      trial.api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "1" } }));
      const permit = (): Promise<Refusal | undefined> => {
        asked++;
        return answer.promise;
      };
      await trial.start(() => ({
        permits: [{ name: "P", permit }],
        reserves: [{ name: "R", reserve: () => undefined, unreserve: () => void given++ }],
      }));
      await trial.create({ name: "web" });
      await settle();
    });

    it("gives back what was reserved for it though it is gone by the time it is refused", async () => {
      trial.remove("web");
      await settle();
      answer.resolve(refusal("P", "node(s) were not permitted"));
      await settle();
      expect([asked, given, trial.term.queue.sizes().taken]).to.deep.equal([1, 1, 0]);
    });

    it("does not try it again because it has given up its own room", async () => {
      answer.resolve(refusal("P", "node(s) were not permitted"));
      await trial.clock.advance(60_000);
      await settle();
      expect([asked, given, trial.term.queue.sizes().unschedulable]).to.deep.equal([1, 1, 1]);
    });

    it("ends with the term, whether or not the plugin does", async () => {
      await trial.stop();
      expect([trial.nodeOf("web"), given]).to.deep.equal(["", 0]);
    });
  });
});
