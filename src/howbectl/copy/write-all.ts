import type { Extract, Pack } from "tar-stream";

/** A member's content, or a whole archive. */
type Sink = Extract | ReturnType<Pack["entry"]>;

/** Writes pieces as fast as they are taken, and then the end. Stops when the sink is destroyed. */
export async function writeAll(sink: Sink, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) {
    if (sink.destroyed) return;
    if (!sink.write(piece)) await roomIn(sink);
  }
  sink.end(undefined);
}

async function roomIn(sink: Sink): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      sink.off("drain", done);
      sink.off("close", done);
      resolve();
    };
    sink.on("drain", done);
    sink.on("close", done);
    if (sink.destroyed) done();
  });
}
