/**
 * The peer of watch fan-out: a bare grpc-js server that writes one prepared Buffer to as many streams as there are, and
 * does nothing else. Told by its parent when to write; the first argument is a file with its certificates.
 */
import { Server, type ServerWritableStream } from "@grpc/grpc-js";
import { listen } from "./listen.js";

/** What the parent tells it to do. */
export interface FanOutOrder {
  readonly message: string;
  readonly count: number;
  readonly everyMs: number;
}

const asIs = (bytes: Buffer): Buffer => bytes;
const streams = new Set<ServerWritableStream<Buffer, Buffer>>();
const server = new Server({ "grpc.max_concurrent_streams": 4_096 });

function serve(stream: ServerWritableStream<Buffer, Buffer>): void {
  streams.add(stream);
  stream.on("cancelled", () => streams.delete(stream));
  stream.on("error", () => streams.delete(stream));
}

server.register("/howbernetes.api.v1.Resources/Watch", serve as never, asIs, asIs, "serverStream");

process.on("message", ({ message, count, everyMs }: FanOutOrder) => {
  const buffer = Buffer.from(message, "base64");
  let written = 0;
  const timer = setInterval(() => {
    for (const stream of streams) stream.write(buffer);
    written += 1;
    if (written === count) clearInterval(timer);
  }, everyMs);
});

listen(server);
