import { isApiError } from "../../api/errors.js";
import { abortable, type Deferred, deferred, isAbort, sharedSignal } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { type LinkedAbort, linkAbort } from "../../base/linked-abort.js";
import type { Log } from "../../base/log.js";
import { keepStreaming } from "../../client/keep-streaming.js";
import type { AnswerRequest, AnswerResponse } from "../../gen/howbernetes/api/v1/scheduling.js";
import type { Answer, Answerer, Question } from "./answerer.js";

export interface AnswerLinkDeps {
  /** The service of one api-server. */
  readonly scheduling: {
    answer(requests: AsyncIterable<AnswerRequest>, options: { readonly signal: AbortSignal }): AsyncIterable<AnswerResponse>;
  };
  readonly answerer: Pick<Answerer, "answer">;
  /** Of leadership. */
  readonly term: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps a stream open by which one api-server asks questions, and answers them. */
export class AnswerLink {
  constructor(private readonly deps: AnswerLinkDeps) {}

  /** Works until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.deps;
    await keepStreaming({ open: (stream) => this.open(stream), name: "answers", clock, log }, signal);
  }

  /** One stream: with it end the questions that came by it. */
  private async open(signal: AbortSignal): Promise<void> {
    const { scheduling, term } = this.deps;
    const outbox = new Outbox({ message: { $case: "hello", value: { term } } });
    const asked = new Map<number, LinkedAbort>();
    const stream = linkAbort(signal);
    sharedSignal(stream.signal);
    const working = new Set<Promise<void>>();
    try {
      for await (const { id, question } of scheduling.answer(outbox.drain(stream.signal), { signal: stream.signal })) {
        if (question === undefined || question.$case === "cancel") {
          asked.get(id)?.abort();
          continue;
        }
        const link = linkAbort(stream.signal);
        asked.set(id, link);
        const work = this.answer(question, link.signal).then((answer) => {
          if (!link.signal.aborted) outbox.put({ message: { $case: "answer", value: { id, answer } } });
          link.unlink();
          asked.delete(id);
          working.delete(work);
        });
        working.add(work);
      }
    } finally {
      stream.abort();
      stream.unlink();
      await Promise.all(working);
    }
  }

  /** Never rejects: who asked is told of a failure. */
  private async answer(question: Question, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.deps.answerer.answer(question, signal);
    } catch (error: unknown) {
      return this.failure(error);
    }
  }

  private failure(error: unknown): Answer {
    if (isApiError(error)) return { $case: "failure", value: { reason: error.reason, message: error.message } };
    if (!isAbort(error)) this.deps.log.error("a question could not be answered", { error });
    return { $case: "failure", value: { reason: "InternalError", message: "the scheduler could not answer; its log says why" } };
  }
}

/** What is to be sent, in order. As much waits as questions are open. */
class Outbox {
  private readonly messages: AnswerRequest[];
  private arrived: Deferred<void> = deferred();

  constructor(first: AnswerRequest) {
    this.messages = [first];
  }

  put(message: AnswerRequest): void {
    this.messages.push(message);
    this.arrived.resolve();
  }

  async *drain(signal: AbortSignal): AsyncGenerator<AnswerRequest> {
    for (;;) {
      const next = this.messages.shift();
      if (next !== undefined) {
        yield next;
        continue;
      }
      this.arrived = deferred();
      try {
        await abortable(this.arrived.promise, signal);
      } catch (error: unknown) {
        if (!isAbort(error)) throw error;
        return;
      }
    }
  }
}
