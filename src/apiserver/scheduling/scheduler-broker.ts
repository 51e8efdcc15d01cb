import { ApiError, internalError, type Reason, tooManyRequests, unavailable } from "../../api/errors.js";
import { abortable, type Deferred, deferred, isAbort } from "../../base/abort.js";
import type {
  AnswerRequest,
  AnswerRequest_Answer,
  AnswerRequest_Failure,
  AnswerResponse,
} from "../../gen/howbernetes/api/v1/scheduling.js";
import { NewestPerKey } from "../nodes/newest-per-key.js";
import { untilAborted } from "../nodes/until-aborted.js";

/** What is asked of a scheduler. */
export type SchedulerQuestion = Exclude<NonNullable<AnswerResponse["question"]>, { $case: "cancel" }>;

/** What a scheduler answers. */
export type SchedulerAnswer = Exclude<NonNullable<AnswerRequest_Answer["answer"]>, { $case: "failure" }>;

// It answers a few at a time: who came after so many would wait for longer than anybody waits.
const mostOpenQuestions = 100;
const retryAfterSeconds = 5;

/** A scheduler that has dialed. */
interface Link {
  /** Of leadership: the greater the later. */
  readonly term: number;
  readonly questions: NewestPerKey<AnswerResponse>;
  readonly asked: Map<number, Deferred<SchedulerAnswer>>;
}

/**
 * Brings those who ask together with the scheduler that leads, which dials and is never dialed.
 *
 * Invariants: of several streams that of the latest term is asked, of one term the newest, for an older one may have lost
 * its connection unnoticed; a question is answered once, by the stream that it was put to, or fails with it.
 */
export class SchedulerBroker {
  /** The one to ask last. */
  private links: readonly Link[] = [];
  private lastId = 0;

  /** Serves a scheduler's stream: yields questions until it leaves. */
  async *answer(term: number, answers: AsyncIterator<AnswerRequest>, signal: AbortSignal): AsyncGenerator<AnswerResponse> {
    const link: Link = { term, questions: new NewestPerKey(), asked: new Map() };
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    this.links = [...this.links, link].sort((a, b) => a.term - b.term);
    const reading = take(link, untilAborted(answers, either)).finally(() => stop.abort());
    try {
      for (;;) {
        const { key, value } = await link.questions.take(either);
        link.questions.done(key);
        yield value;
      }
    } catch (error: unknown) {
      if (!isAbort(error)) throw error;
    } finally {
      stop.abort();
      this.links = this.links.filter((each) => each !== link);
      for (const waiting of link.asked.values()) waiting.reject(unavailable("the connection to the scheduler was lost"));
      await reading;
    }
  }

  /**
   * Asks the scheduler that leads, and waits for its answer.
   * @throws ApiError ServiceUnavailable when none is connected, or its connection is lost; TooManyRequests when it is asked
   * too much already; what it says of its failure
   */
  async ask(question: SchedulerQuestion, signal: AbortSignal): Promise<SchedulerAnswer> {
    const link = this.links.at(-1);
    if (link === undefined) throw unavailable("no scheduler is connected to this api-server: none runs, or none leads yet");
    if (link.asked.size >= mostOpenQuestions) throw tooManyRequests("the scheduler has too many questions to answer", retryAfterSeconds);
    const id = ++this.lastId;
    const answered = deferred<SchedulerAnswer>();
    link.asked.set(id, answered);
    link.questions.put(String(id), { id, question });
    try {
      return await abortable(answered.promise, signal);
    } finally {
      link.asked.delete(id);
      // The newest of an id: one that was not sent yet never is.
      if (signal.aborted) link.questions.put(String(id), { id, question: { $case: "cancel", value: {} } });
    }
  }
}

/** Hands answers to those who wait for them, until the scheduler leaves. Never rejects. */
async function take(link: Link, answers: AsyncIterable<AnswerRequest>): Promise<void> {
  try {
    for await (const { message } of answers) {
      if (message?.$case !== "answer") continue;
      const { id, answer } = message.value;
      const waiting = link.asked.get(id);
      if (answer === undefined) waiting?.reject(internalError("the scheduler gave no answer"));
      else if (answer.$case === "failure") waiting?.reject(errorOf(answer.value));
      else waiting?.resolve(answer);
    }
  } catch (_left: unknown) {
    // Those who wait are told that the connection was lost, however it was.
  }
}

// What a scheduler may say of a question; any other word is its own fault, not that of who asks.
const schedulerReasons: ReadonlySet<string> = new Set<Reason>(["NotFound", "BadRequest", "ServiceUnavailable", "TooManyRequests"]);

function errorOf({ reason, message }: AnswerRequest_Failure): ApiError {
  return schedulerReasons.has(reason) ? new ApiError(reason as Reason, message) : internalError(message);
}
