import { expect } from "chai";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { notFound } from "../../api/errors.js";
import { abortable, type Deferred, deferred, isAbort } from "../../base/abort.js";
import { createLog } from "../../base/log.js";
import type { AnswerRequest, AnswerResponse } from "../../gen/howbernetes/api/v1/scheduling.js";
import { AnswerLink } from "./answer-link.js";
import type { Answer, Question } from "./answerer.js";

describe("AnswerLink", () => {
  let clock: FakeClock;
  /** What the api-server has received, of all streams. */
  let received: AnswerRequest["message"][];
  let streams: { ask(response: AnswerResponse): void; end(): void }[];
  let answers: Map<string, Deferred<Answer>>;
  let givenUp: string[];
  let stop: AbortController;
  let running: Promise<void>;

  const scheduling = {
    answer: (requests: AsyncIterable<AnswerRequest>, { signal }: { readonly signal: AbortSignal }): AsyncIterable<AnswerResponse> => {
      const questions: AnswerResponse[] = [];
      let news = deferred();
      let ended = false;
      streams.push({
        ask: (response) => {
          questions.push(response);
          news.resolve();
        },
        end: () => {
          ended = true;
          news.resolve();
        },
      });
      void (async () => {
        for await (const { message } of requests) received.push(message);
      })();
      return (async function* () {
        while (!ended) {
          const next = questions.shift();
          if (next !== undefined) yield next;
          else await abortable(news.promise, signal).finally(() => (news = deferred()));
        }
      })();
    },
  };
  const answerer = {
    answer: async (question: Question, signal: AbortSignal): Promise<Answer> => {
      const name = question.$case === "assessRisk" ? question.value.nodeName : "";
      const answer = deferred<Answer>();
      answers.set(name, answer);
      signal.addEventListener("abort", () => givenUp.push(name), { once: true });
      return await abortable(answer.promise, signal);
    },
  };
  const ask = (id: number, nodeName: string): void => streams.at(-1)?.ask({ id, question: { $case: "assessRisk", value: { nodeName } } });
  const risk = (nodeName: string): Answer => ({
    $case: "assessRisk",
    value: { nodes: [{ nodeName, podCount: 0, strandedCount: 0, workloads: [] }] },
  });
  const ids = (): readonly unknown[] =>
    received.flatMap((message) => (message?.$case === "answer" ? [[message.value.id, message.value.answer?.$case]] : []));

  beforeEach(async () => {
    clock = new FakeClock();
    received = [];
    streams = [];
    answers = new Map();
    givenUp = [];
    stop = new AbortController();
    running = new AnswerLink({ scheduling, answerer, term: 7, clock, log: createLog("test", "silent") }).run(stop.signal);
    await settle();
  });
  afterEach(async () => {
    stop.abort();
    await running.catch((error: unknown) => expect(isAbort(error)).to.equal(true));
  });

  it("says first which term it is of, then answers in whichever order it can", async () => {
    ask(1, "slow");
    ask(2, "quick");
    await settle();
    answers.get("quick")?.resolve(risk("quick"));
    await settle();
    answers.get("slow")?.resolve(risk("slow"));
    await settle();
    expect(received[0]).to.deep.equal({ $case: "hello", value: { term: 7 } });
    expect(ids()).to.deep.equal([
      [2, "assessRisk"],
      [1, "assessRisk"],
    ]);
  });

  it("tells why it has no answer, but not of its own faults", async () => {
    ask(1, "absent");
    ask(2, "broken");
    await settle();
    answers.get("absent")?.reject(notFound({ group: "", kind: "nodes", name: "absent" }));
    answers.get("broken")?.reject(new TypeError("secret"));
    await settle();
    const failures = received.flatMap((message) =>
      message?.$case === "answer" && message.value.answer?.$case === "failure" ? [message.value.answer.value] : [],
    );
    expect(failures).to.deep.equal([
      { reason: "NotFound", message: 'nodes "absent" not found' },
      { reason: "InternalError", message: "the scheduler could not answer; its log says why" },
    ]);
  });

  it("works no more on what nobody waits for", async () => {
    ask(1, "a");
    await settle();
    streams[0]?.ask({ id: 1, question: { $case: "cancel", value: {} } });
    await settle();
    expect(givenUp).to.deep.equal(["a"]);
    expect(ids()).to.deep.equal([]);
  });

  it("dials again when the stream has ended, and forgets what came by it", async () => {
    ask(1, "a");
    await settle();
    streams[0]?.end();
    await clock.advance(60_000);
    await settle();
    expect(streams).to.have.length(2);
    expect(givenUp).to.deep.equal(["a"]);
    expect(received.filter((message) => message?.$case === "hello")).to.have.length(2);
    ask(1, "b");
    await settle();
    answers.get("b")?.resolve(risk("b"));
    await settle();
    expect(ids()).to.deep.equal([[1, "assessRisk"]]);
  });
});
