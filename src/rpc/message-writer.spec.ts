import { expect } from "chai";
import { MessageWriter } from "./message-writer.js";

describe("MessageWriter", () => {
  const setUp = () => {
    const taken: (() => void)[] = [];
    const control = new AbortController();
    const sink = { write: (_message: Buffer, done: () => void) => taken.push(done) < 16 };
    return { taken, control, writer: new MessageWriter(sink, control.signal) };
  };

  const bounds = [
    { it: "small messages by their number", size: 10, accepted: 16 },
    { it: "large messages by their bytes", size: 100 * 1024, accepted: 3 },
    { it: "a message larger than the bound one at a time", size: 1024 * 1024, accepted: 1 },
  ];
  for (const { it: what, size, accepted } of bounds) {
    it(`bounds ${what}`, async () => {
      const { taken, writer } = setUp();
      let room: Promise<void> | undefined;
      for (let count = 0; count < 100 && room === undefined; count += 1) {
        writer.write(Buffer.alloc(size));
        room = writer.ready();
      }
      expect(taken).to.have.length(accepted);

      taken.shift()?.();

      await room;
      expect(writer.ready()).to.equal(undefined);
    });
  }

  it("stops waiting when the call ends, whose messages nobody takes any more", async () => {
    const { control, writer } = setUp();
    writer.write(Buffer.alloc(1024 * 1024));
    const room = writer.ready();
    expect(room).to.not.equal(undefined);

    control.abort();

    await room;
    expect(writer.ready()).to.equal(undefined);
  });
});
