import { expect } from "chai";
import { create, event, get, OperationBuilder, ok, patch, remove, update, watch } from "./builders.js";
import { faultsOf } from "./check-history.js";
import type { Operation } from "./operation.js";

const of = (make: (at: OperationBuilder) => Operation[]): Operation[] => make(new OperationBuilder());

describe("faultsOf", () => {
  describe("of operations", () => {
    const sound: { readonly it: string; readonly operations: Operation[] }[] = [
      {
        it: "a create, reads, a swap and a deletion one after the other",
        operations: of((at) => [
          at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
          at.op("b", get, ok(5, { a: 1 })),
          at.op("b", update(5, { a: 1, b: 2 }), ok(7, { a: 1, b: 2 })),
          at.op("a", update(5, { a: 3 }), { result: "conflict" }),
          at.op("a", remove, ok(8, { a: 1, b: 2 })),
          at.op("b", get, { result: "absent" }),
          at.op("b", create({ b: 4 }), ok(9, { b: 4 })),
        ]),
      },
      {
        it: "a read that overlaps a write and sees either state",
        operations: of((at) => [
          at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
          at.during(10, 20, "a", { request: patch("a", 2), outcome: ok(6, { a: 2 }) }),
          at.during(11, 19, "b", { request: get, outcome: ok(5, { a: 1 }) }),
          at.during(12, 18, "c", { request: get, outcome: ok(6, { a: 2 }) }),
        ]),
      },
      {
        it: "writes of two keys at one resourceVersion",
        operations: of((at) => [
          at.during(1, 4, "a", { request: create({ a: 1 }), outcome: ok(5, { a: 1 }) }, "one"),
          at.during(2, 3, "b", { request: create({ b: 1 }), outcome: ok(5, { b: 1 }) }, "two"),
        ]),
      },
      {
        it: "an unanswered write that happened",
        operations: of((at) => [at.op("a", create({ a: 1 }), { result: "unknown" }), at.op("b", get, ok(5, { a: 1 }))]),
      },
      {
        it: "an unanswered write that never happened",
        operations: of((at) => [at.op("a", create({ a: 1 }), { result: "unknown" }), at.op("b", get, { result: "absent" })]),
      },
      {
        it: "an unanswered write that happens after a later read",
        operations: of((at) => [
          at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
          at.op("a", patch("a", 2), { result: "unknown" }),
          at.op("b", get, ok(5, { a: 1 })),
          at.op("b", get, ok(8, { a: 2 })),
        ]),
      },
      {
        it: "a read of the older state that is answered after a write, amid many unanswered writes",
        operations: of((at) => [
          ...Array.from({ length: 12 }, (_, n) => [
            at.op(`c${n}`, create({ [`c${n}`]: n }), { result: "unknown" }),
            at.op(`c${n}`, patch(`c${n}`, 100 + n), { result: "unknown" }),
            at.op(`c${n}`, remove, { result: "unknown" }),
          ]).flat(),
          at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
          at.during(1_000, 1_003, "a", { request: patch("a", 2), outcome: ok(6, { a: 2 }) }),
          at.during(1_001, 1_005, "b", { request: get, outcome: ok(5, { a: 1 }) }),
        ]),
      },
    ];
    for (const { it: what, operations } of sound) {
      it(`accepts ${what}`, () => expect(faultsOf({ operations, watches: [] })).to.deep.equal([]));
    }

    const unsound: { readonly it: string; readonly operations: Operation[] }[] = [
      {
        it: "an acknowledged write that is lost",
        operations: of((at) => [at.op("a", create({ a: 1 }), ok(5, { a: 1 })), at.op("b", get, { result: "absent" })]),
      },
      {
        it: "a stale read",
        operations: of((at) => [
          at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
          at.op("a", patch("a", 2), ok(6, { a: 2 })),
          at.op("b", get, ok(5, { a: 1 })),
        ]),
      },
      {
        it: "a lost update: two swaps of one revision",
        operations: of((at) => [
          at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
          at.during(10, 20, "a", { request: update(5, { a: 2 }), outcome: ok(6, { a: 2 }) }),
          at.during(11, 21, "b", { request: update(5, { a: 1, b: 1 }), outcome: ok(7, { a: 1, b: 1 }) }),
        ]),
      },
      {
        it: "a patch that loses another's field",
        operations: of((at) => [
          at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
          at.op("b", patch("b", 1), ok(6, { a: 1, b: 1 })),
          at.op("a", patch("a", 2), ok(7, { a: 2 })),
        ]),
      },
      {
        it: "two winners of one create",
        operations: of((at) => [
          at.during(1, 9, "a", { request: create({ a: 1 }), outcome: ok(5, { a: 1 }) }),
          at.during(2, 8, "b", { request: create({ b: 1 }), outcome: ok(6, { b: 1 }) }),
        ]),
      },
      {
        it: "a conflict about the revision that is there",
        operations: of((at) => [at.op("a", create({ a: 1 }), ok(5, { a: 1 })), at.op("a", update(5, { a: 2 }), { result: "conflict" })]),
      },
      {
        it: "a create that is refused though nothing is there",
        operations: of((at) => [at.op("a", create({ a: 1 }), { result: "exists" })]),
      },
      {
        it: "a resourceVersion that goes back",
        operations: of((at) => [at.op("a", create({ a: 1 }), ok(5, { a: 1 })), at.op("a", patch("a", 2), ok(4, { a: 2 }))]),
      },
      {
        it: "an unanswered write that happens twice",
        operations: of((at) => [
          at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
          at.op("b", patch("a", 2), { result: "unknown" }),
          at.op("a", get, ok(6, { a: 2 })),
          at.op("a", patch("a", 3), ok(7, { a: 3 })),
          at.op("a", get, ok(8, { a: 2 })),
        ]),
      },
      {
        it: "one resourceVersion for two writes of one key",
        operations: of((at) => [
          at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
          at.op("b", remove, ok(6, { a: 1 })),
          at.during(20, 22, "a", { request: create({ a: 2 }), outcome: ok(7, { a: 2 }) }),
          at.during(21, 25, "b", { request: patch("b", 1), outcome: ok(7, { a: 2, b: 1 }) }),
        ]),
      },
    ];
    for (const { it: what, operations } of unsound) {
      it(`reports ${what}`, () => expect(faultsOf({ operations, watches: [] })).to.not.be.empty);
    }
  });

  describe("of watches", () => {
    const operations = of((at) => [
      at.op("a", create({ a: 1 }), ok(5, { a: 1 })),
      at.op("a", patch("a", 2), ok(7, { a: 2 })),
      at.op("a", create({ a: 1 }), ok(8, { a: 1 }), "other"),
      at.op("a", remove, ok(9, { a: 2 })),
    ]);
    const whole = [
      event("added", 5, { a: 1 }),
      event("modified", 7, { a: 2 }),
      event("added", 8, { a: 1 }, "other"),
      event("deleted", 9, { a: 2 }),
    ] as const;
    const [added, modified, other, deleted] = whole;
    const faults = (...watches: ReturnType<typeof watch>[]): readonly string[] => faultsOf({ operations, watches });

    it("accepts all of them, from the beginning", () => expect(faults(watch(whole))).to.deep.equal([]));
    it("accepts a watch that began later", () => {
      expect(faults(watch(whole), watch([other, deleted], { initial: [event("added", 7, { a: 2 })], from: 7 }))).to.deep.equal([]);
    });
    it("accepts a watch that ended earlier", () => expect(faults(watch([added], { until: 6 }), watch(whole))).to.deep.equal([]));

    it("accepts what two keys became at one revision, told in any order", () => {
      const together = of((at) => [at.op("a", create({ a: 1 }), ok(5, { a: 1 })), at.op("a", create({ a: 2 }), ok(5, { a: 2 }), "other")]);
      const [one, two] = [event("added", 5, { a: 1 }), event("added", 5, { a: 2 }, "other")];
      const watches = [watch([one, two]), watch([two, one], { watcher: "v" })];

      expect(faultsOf({ operations: together, watches })).to.deep.equal([]);
      expect(faultsOf({ operations: together, watches: [watch([one])] }), "one of them").to.not.be.empty;
      expect(faultsOf({ operations: together, watches: [watch([one, two, two])] }), "one twice").to.not.be.empty;
    });

    const broken = [
      { it: "an event that was dropped", events: [added, other, deleted] },
      { it: "the last event dropped, which another watcher saw", events: [added, modified, other] },
      { it: "an event that was repeated", events: [added, modified, modified, other, deleted] },
      { it: "events out of order", events: [added, other, modified, deleted] },
      { it: "a change shown as an addition", events: [added, event("added", 7, { a: 2 }), other, deleted] },
      { it: "an addition shown as a change", events: [added, modified, event("modified", 8, { a: 1 }, "other"), deleted] },
      { it: "content that nobody wrote", events: [added, event("modified", 7, { a: 77 }), other, deleted] },
      { it: "a deletion with the wrong content", events: [added, modified, other, event("deleted", 9, { a: 1 })] },
      { it: "an event past its end", events: [...whole, event("added", 1_001, { a: 1 })] },
    ];
    for (const { it: what, events } of broken) {
      it(`reports ${what}`, () => expect(faults(watch(whole), watch(events, { watcher: "v" }))).to.not.be.empty);
    }
  });
});
