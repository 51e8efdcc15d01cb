import { expect } from "chai";
import fc from "fast-check";
import { runs, seed } from "../../../test/fuzz/runs.js";
import { Heap } from "./heap.js";

interface Item {
  readonly value: number;
  at: number;
}

describe("Heap", () => {
  it("gives what is in it in order, whatever was taken out of its midst", () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 20 }) }),
      fc.record({ take: fc.nat(30) }),
      fc.constant({ pop: true as const }),
    );
    const property = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const heap = new Heap<"at", Item>("at", (a, b) => a.value < b.value);
      let present: Item[] = [];
      const leave = (item: Item | undefined): void => {
        present = present.filter((other) => other !== item);
      };
      for (const todo of steps) {
        if ("push" in todo) {
          const item = { value: todo.push, at: -1 };
          heap.push(item);
          present.push(item);
        } else if ("take" in todo) {
          const item = present[todo.take % Math.max(1, present.length)];
          if (item !== undefined) heap.delete(item);
          leave(item);
        } else {
          const least = Math.min(...present.map(({ value }) => value));
          const popped = heap.pop();
          expect(popped?.value ?? Number.POSITIVE_INFINITY).to.equal(least);
          expect(popped?.at ?? -1).to.equal(-1);
          leave(popped);
        }
        expect(heap.size).to.equal(present.length);
      }
    });
    fc.assert(property, { numRuns: 10 * runs, seed });
  });

  it("takes it lightly when what is to be taken out is not there", () => {
    const heap = new Heap<"at", Item>("at", (a, b) => a.value < b.value);
    heap.delete({ value: 1, at: -1 });
    expect([heap.size, heap.peek(), heap.pop()]).to.deep.equal([0, undefined, undefined]);
  });
});
