import { expect } from "chai";
import { packAnyBytes } from "../../api/codec/any.js";
import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { ListResponse } from "../../gen/howbernetes/api/v1/resources.js";
import { encodeList } from "./list-encoder.js";

const object = makeWhole(podKind, {});
const objectOf = (length: number) => ({ key: "k", revision: 1, bytes: Buffer.alloc(length, 7), object });
const lists = [
  { it: "nothing", sizes: [] },
  { it: "objects on both sides of what a length of one byte holds", sizes: [1, 60, 70, 80, 90, 126, 127, 128, 129] },
  { it: "objects on both sides of what a length of two bytes holds", sizes: [16_200, 16_300, 16_383, 16_384, 100_000] },
];

describe("encodeList", () => {
  for (const { it: what, sizes } of lists) {
    it(`writes ${what} as the codec does`, async () => {
      const head = { resourceVersion: "12", continue: "token", remainingItemCount: 3 };
      const objects = sizes.map(objectOf);

      const bytes = await encodeList({ kind: podKind, ...head, objects }, () => undefined);

      const items = objects.map((each) => packAnyBytes(podKind, each.bytes));
      expect(bytes.equals(ListResponse.encode({ ...head, items }).finish())).to.equal(true);
    });
  }

  it("gives way after each object when told to", async () => {
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
    };
    await encodeList(
      { kind: podKind, resourceVersion: "1", continue: "", remainingItemCount: undefined, objects: [1, 2].map(objectOf) },
      pause,
    );
    expect(pauses).to.equal(2);
  });
});
