import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { CheckpointKeeper } from "./checkpoint-keeper.js";
import type { Checkpoint } from "./checkpoint-store.js";
import { newLife } from "./pod-life.js";

describe("CheckpointKeeper", () => {
  const checkpoint = (generation: number): Checkpoint => {
    const made = pod({ name: "web" });
    made.metadata.generation = generation;
    return { pod: made, records: {}, life: newLife };
  };
  let written: (number | undefined)[];
  let isFull: boolean;
  let keeper: CheckpointKeeper;

  beforeEach(() => {
    written = [];
    isFull = false;
    const save = async (saved: Checkpoint): Promise<void> => {
      if (isFull) throw new Error("no space left on device");
      written.push(saved.pod.metadata.generation);
    };
    keeper = new CheckpointKeeper({ save });
  });

  it("writes what has changed, and that once", async () => {
    await keeper.save(checkpoint(1), 0);
    await keeper.save(checkpoint(1), 0);
    await keeper.save(checkpoint(1), 1);
    await keeper.save(checkpoint(2), 1);

    expect(written).to.deep.equal([1, 1, 2]);
  });

  it("writes the next time what could not be written", async () => {
    isFull = true;
    const failure = await keeper.save(checkpoint(1), 0).catch((error: unknown) => error);
    isFull = false;
    await keeper.save(checkpoint(1), 0);

    expect(String(failure)).to.contain("no space left");
    expect(written).to.deep.equal([1]);
  });
});
