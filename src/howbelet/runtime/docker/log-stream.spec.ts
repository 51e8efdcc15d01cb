import { expect } from "chai";
import { splitStreams, unframe } from "./log-stream.js";

const frame = (stream: 1 | 2, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

async function* chunks(...all: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* all;
}

async function textsOf(output: AsyncIterable<Buffer>): Promise<string[]> {
  const texts: string[] = [];
  for await (const data of output) texts.push(data.toString());
  return texts;
}

describe("splitStreams", () => {
  const framed = Buffer.concat([frame(1, "one\n"), frame(1, "two\n"), frame(2, "oh\n"), frame(1, ""), frame(1, "three\n")]);

  it("tells the streams apart, and joins what has come together", async () => {
    const pieces: string[] = [];
    for await (const { stream, data } of splitStreams(chunks(framed), false)) pieces.push(`${stream} ${data}`);
    expect(pieces).to.deep.equal(["stdout one\ntwo\n", "stderr oh\n", "stdout three\n"]);
  });

  it("finds frames wherever the output was cut", async () => {
    for (let cut = 0; cut <= framed.length; cut += 1) {
      const texts = await textsOf(unframe(chunks(framed.subarray(0, cut), framed.subarray(cut)), false));
      expect(texts.join(""), `cut at ${cut}`).to.equal("one\ntwo\noh\nthree\n");
    }
  });

  it("leaves a terminal's output as it is", async () => {
    expect(await textsOf(unframe(chunks(framed), true))).to.deep.equal([framed.toString()]);
  });
});
