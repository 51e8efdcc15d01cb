import { expect } from "chai";
import fc from "fast-check";
import type { IndexedObject } from "./cached-object.js";
import { ObjectBucket } from "./object-bucket.js";

const object = (key: string, revision: number): IndexedObject => ({ key, revision }) as IndexedObject;

describe("ObjectBucket", () => {
  it("lists the newest of each key in key order, whatever was put and deleted before", () => {
    const keys = Array.from({ length: 40 }, (_, number) => `key-${number}`);
    const step = fc.tuple(fc.constantFrom("put", "put", "delete", "delete", "list"), fc.constantFrom(...keys));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
        const bucket = new ObjectBucket();
        const model = new Map<string, number>();
        const expectAlike = (): void => {
          const listed = bucket.list().map(({ key, revision }) => [key, revision]);
          expect(listed).to.deep.equal([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
        };
        for (const [index, [action, key]] of steps.entries()) {
          if (action === "list") expectAlike();
          else if (action === "put") {
            bucket.put(object(key, index));
            model.set(key, index);
          } else {
            bucket.delete(key);
            model.delete(key);
          }
          expect([bucket.size, bucket.get(key)?.revision]).to.deep.equal([model.size, model.get(key)]);
        }
        expectAlike();
      }),
    );
  });

  it("does not change a snapshot that was handed out", () => {
    const bucket = new ObjectBucket();
    bucket.put(object("a", 1));
    const before = bucket.list();
    bucket.put(object("a", 2));
    bucket.put(object("b", 3));
    expect(before.map(({ revision }) => revision)).to.deep.equal([1]);
  });
});
