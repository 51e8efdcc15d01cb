import { expect } from "chai";
import { create, event, OperationBuilder, ok, patch, remove, watch } from "./builders.js";
import { settleUnanswered } from "./settle-unanswered.js";

describe("settleUnanswered", () => {
  const at = new OperationBuilder();
  const lost = { result: "unknown" } as const;
  const made = at.op("a", create({ a: 1 }), ok(5, { a: 1 }));
  const patched = at.op("a", patch("a", 2), lost);
  const never = at.op("b", patch("b", 3), lost);
  const removed = at.op("b", remove, lost);
  const operations = [made, patched, never, removed];
  const events = [event("added", 5, { a: 1 }), event("modified", 8, { a: 2 }), event("modified", 9, { a: 2, c: 1 })];

  it("answers what a watch has seen, leaves out what it has not, and lets deletions be", () => {
    const settled = settleUnanswered({ operations, watches: [watch(events)] });

    expect(settled).to.deep.equal([made, { ...patched, outcome: ok(8, { a: 2 }), returned: Number.MAX_SAFE_INTEGER }, removed]);
  });

  it("tells writes of several keys at one revision apart", () => {
    const [first, second] = ["one", "two"].map((key) => at.op("a", create({ a: key === "one" ? 1 : 2 }), lost, key));
    const shared = watch([event("added", 7, { a: 1 }, "one"), event("added", 7, { a: 2 }, "two")]);

    const settled = settleUnanswered({ operations: [first, second].flatMap((each) => each ?? []), watches: [shared] });

    expect(settled.map(({ key, outcome }) => [key, outcome])).to.deep.equal([
      ["one", ok(7, { a: 1 })],
      ["two", ok(7, { a: 2 })],
    ]);
  });

  it("leaves nothing out when the watch ended too early to have seen it", () => {
    const early = watch(events.slice(0, 2), { until: 8 });
    const later = at.op("c", patch("c", 1), ok(9, { a: 2, c: 1 }));

    expect(settleUnanswered({ operations: [...operations, later], watches: [early] })).to.include.members([never, removed, later]);
  });

  it("changes nothing without a watch that was there from the beginning", () => {
    const late = watch(events.slice(1), { initial: events.slice(0, 1), from: 5 });
    const whenNothingWasThere = watch(events.slice(2), { from: 8 });

    for (const watches of [[], [late], [whenNothingWasThere]]) expect(settleUnanswered({ operations, watches })).to.equal(operations);
  });
});
