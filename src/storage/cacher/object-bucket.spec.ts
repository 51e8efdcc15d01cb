import { expect } from "chai";
import fc from "fast-check";
import type { IndexedObject } from "./cached-object.js";
import { ObjectBucket } from "./object-bucket.js";

const object = (key: string, revision: number): IndexedObject => ({ key, revision }) as IndexedObject;

describe("ObjectBucket", () => {
  it("lists the newest of each key in key order, whatever was put and deleted before", () => {
    const step = fc.tuple(fc.boolean(), fc.constantFrom("a", "b", "c", "d", "e", "f"));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const bucket = new ObjectBucket();
        const model = new Map<string, number>();
        for (const [index, [isPut, key]] of steps.entries()) {
          if (isPut) {
            bucket.put(object(key, index));
            model.set(key, index);
          } else {
            bucket.delete(key);
            model.delete(key);
          }
        }
        expect(bucket.list().map(({ key, revision }) => [key, revision])).to.deep.equal([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
        expect(bucket.size).to.equal(model.size);
      }),
    );
  });
});
