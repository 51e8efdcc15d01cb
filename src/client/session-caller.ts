import { internalError } from "../api/errors.js";
import { deferred } from "../base/abort.js";
import { type LinkedAbort, linkAbort } from "../base/linked-abort.js";
import type { SessionInput, SessionOutput } from "../gen/howbernetes/api/v1/sessions.js";
import type { CallOptions } from "../rpc/contracts.js";

/** Requests of all sessions: what is to be done comes first, and then input. */
export type SessionRequest<Start> = {
  readonly message: { readonly $case: "start"; readonly value: Start } | { readonly $case: "input"; readonly value: SessionInput };
};

/** The call by which a session is opened. */
export type SessionCall<Start> = (
  requests: AsyncIterable<SessionRequest<Start>>,
  options: CallOptions,
) => AsyncIterable<{ readonly output?: SessionOutput | undefined }>;

interface Sending {
  readonly input: SessionInput;
  readonly taken: () => void;
}

/** The transport copes with large messages; small ones let sizes and ends of input through in time. */
const pieceBytes = 64 * 1024;

/**
 * The caller's end of one session. Invariants: input is sent in the order in which it was given, and a piece is taken
 * only when the transport has room for it; whatever ends the session frees all who wait to send.
 */
export class SessionCaller<Start> {
  private readonly pending: Sending[] = [];
  private readonly over: LinkedAbort;
  private readonly responses: AsyncIterator<{ readonly output?: SessionOutput | undefined }>;
  private wake: () => void = () => undefined;
  private hasEnded = false;
  private hasLeft = false;

  constructor(call: SessionCall<Start>, start: Start, signal: AbortSignal = new AbortController().signal) {
    this.over = linkAbort(signal);
    this.responses = call(this.requests(start), { signal: this.over.signal })[Symbol.asyncIterator]();
  }

  /** Resolves once what was asked for is there. @throws ApiError why it is not; an abort error when its signal fired */
  async opened(): Promise<void> {
    try {
      const first = await this.responses.next();
      if (first.done !== true && first.value.output?.message?.$case === "opened") return;
      throw internalError("the server ended a session before it had begun");
    } catch (error: unknown) {
      this.leave();
      throw error;
    }
  }

  /** What comes after the opening. Leaving it ends the session. */
  async *outputs(): AsyncGenerator<NonNullable<SessionOutput["message"]>> {
    try {
      for (;;) {
        const next = await this.responses.next();
        if (next.done === true) return;
        const message = next.value.output?.message;
        if (message !== undefined) yield message;
      }
    } finally {
      this.leave();
    }
  }

  /** Sends data, which must not be changed before this resolves: then more may be sent. Does nothing once all has ended. */
  async write(data: Uint8Array): Promise<void> {
    if (this.hasEnded) return;
    const sent: Promise<void>[] = [];
    // All at once, so that an end which is given meanwhile comes after them.
    for (let from = 0; from < data.length; from += pieceBytes) {
      const value = Buffer.from(data.buffer, data.byteOffset + from, Math.min(pieceBytes, data.length - from));
      sent.push(this.send({ message: { $case: "data", value } }));
    }
    await Promise.all(sent);
  }

  /** Sends something; resolves when more may be sent. */
  send(input: SessionInput): Promise<void> {
    if (this.hasLeft) return Promise.resolve();
    const { promise, resolve } = deferred();
    this.pending.push({ input, taken: resolve });
    this.wake();
    return promise;
  }

  /** Says that no more data comes, once what was given before has been sent. */
  async end(): Promise<void> {
    if (this.hasEnded) return;
    this.hasEnded = true;
    await this.send({ message: { $case: "end", value: {} } });
  }

  /** Ends the session. */
  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.over.abort();
    this.over.unlink();
    for (const { taken } of this.pending.splice(0)) taken();
    this.wake();
  }

  private async *requests(start: Start): AsyncGenerator<SessionRequest<Start>> {
    yield { message: { $case: "start", value: start } };
    while (!this.hasLeft) {
      const next = this.pending[0];
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      yield { message: { $case: "input", value: next.input } };
      // The transport asks for another one when it has room.
      this.pending.shift();
      next.taken();
    }
  }
}
