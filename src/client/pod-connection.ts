import { Duplex } from "node:stream";
import { deferred } from "../base/abort.js";
import type { SessionCaller } from "./session-caller.js";

/**
 * A connection to a port of a pod, as a stream. Reading and writing are as slow as the far side. It has finished writing
 * only when the session is over: until then what was written last may still be under way, and must not be cut off.
 */
export class PodConnection<Start> extends Duplex {
  private readonly outputs: ReturnType<SessionCaller<Start>["outputs"]>;

  private readonly over = deferred();

  constructor(private readonly caller: SessionCaller<Start>) {
    super({ allowHalfOpen: true });
    this.outputs = caller.outputs();
  }

  override _read(): void {
    this.receive().catch((error: unknown) => this.destroy(error as Error));
  }

  override _write(data: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.caller.write(data).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.caller
      .end()
      .then(() => this.over.promise)
      .then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.caller.leave();
    this.over.resolve();
    done(error);
  }

  private async receive(): Promise<void> {
    for (;;) {
      const next = await this.outputs.next();
      if (this.destroyed) return;
      if (next.done === true || next.value.$case === "end") {
        this.push(null);
        // The session ends when the far side has all that is sent; nothing but its failure matters then.
        if (next.done !== true) await this.outputs.next();
        this.over.resolve();
        return;
      }
      if (next.value.$case === "data") {
        this.push(next.value.value);
        return;
      }
    }
  }
}
