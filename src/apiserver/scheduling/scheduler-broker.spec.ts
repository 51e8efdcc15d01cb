import { expect } from "chai";
import { badRequest, isBadRequest, isInternal, isTooManyRequests, isUnavailable } from "../../api/errors.js";
import { isAbort, sharedSignal } from "../../base/abort.js";
import { AnswerRequest, type AnswerResponse, AssessRiskResponse } from "../../gen/howbernetes/api/v1/scheduling.js";
import { SchedulerBroker, type SchedulerQuestion } from "./scheduler-broker.js";

/** A scheduler that a test plays. */
class Scheduler {
  readonly asked: AnswerResponse[] = [];
  readonly ended: Promise<void>;
  private readonly answers: AnswerRequest[] = [];
  private wake: () => void = () => undefined;
  private readonly stop = new AbortController();
  private left = false;

  constructor(broker: SchedulerBroker, term: number) {
    this.ended = (async () => {
      for await (const question of broker.answer(term, this.stream(), this.stop.signal)) this.asked.push(question);
    })();
  }

  answer(index: number, nodeName: string): void {
    const value = AssessRiskResponse.fromPartial({ nodes: [{ nodeName }] });
    this.send({ message: { $case: "answer", value: { id: this.asked[index]?.id ?? 0, answer: { $case: "assessRisk", value } } } });
  }

  send(message: AnswerRequest): void {
    this.answers.push(AnswerRequest.fromPartial(message));
    this.wake();
  }

  /** Ends its half of the stream. */
  leave(): void {
    this.left = true;
    this.wake();
  }

  /** Loses its connection. */
  break(): void {
    this.stop.abort();
  }

  private async *stream(): AsyncGenerator<AnswerRequest> {
    while (!this.left) {
      const next = this.answers.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

describe("SchedulerBroker", () => {
  const question: SchedulerQuestion = { $case: "assessRisk", value: { nodeName: "" } };
  let broker: SchedulerBroker;
  let stop: AbortController;
  let schedulers: Scheduler[];

  beforeEach(() => {
    broker = new SchedulerBroker();
    stop = new AbortController();
    schedulers = [];
  });
  afterEach(async () => {
    for (const scheduler of schedulers) scheduler.break();
    await Promise.all(schedulers.map(({ ended }) => ended));
  });

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const connect = async (term: number): Promise<Scheduler> => {
    const scheduler = new Scheduler(broker, term);
    schedulers.push(scheduler);
    await settle();
    return scheduler;
  };
  const ask = (signal = stop.signal): Promise<string | undefined> =>
    broker.ask(question, signal).then(({ value }) => (value as AssessRiskResponse).nodes[0]?.nodeName);
  const failure = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("says so when no scheduler is connected", async () => {
    const error = await failure(ask());
    expect(isUnavailable(error)).to.equal(true);
    expect((error as Error).message).to.equal("no scheduler is connected to this api-server: none runs, or none leads yet");
  });

  it("gives each asker the answer to the question", async () => {
    const scheduler = await connect(1);
    const [first, second] = [ask(), ask()];
    await settle();
    scheduler.answer(1, "second");
    scheduler.answer(0, "first");
    expect([await first, await second]).to.deep.equal(["first", "second"]);
  });

  it("asks the scheduler of the latest term, in whichever order they came", async () => {
    const [newer, older] = [await connect(7), await connect(6)];
    const asked = ask();
    await settle();
    expect([newer.asked.length, older.asked.length]).to.deep.equal([1, 0]);
    newer.answer(0, "newer");
    expect(await asked).to.equal("newer");
  });

  it("asks the newest stream of one term, and the one before when that is gone", async () => {
    const [first, second] = [await connect(7), await connect(7)];
    const asked = ask();
    await settle();
    second.answer(0, "second");
    expect(await asked).to.equal("second");

    second.leave();
    await second.ended;
    const again = ask();
    await settle();
    first.answer(0, "first");
    expect(await again).to.equal("first");
  });

  it("tells those who wait when the scheduler is lost", async () => {
    for (const end of ["leave", "break"] as const) {
      const scheduler = await connect(1);
      const asked = failure(ask());
      await settle();
      scheduler[end]();
      const error = await asked;
      expect(isUnavailable(error)).to.equal(true);
      expect((error as Error).message).to.equal("the connection to the scheduler was lost");
    }
  });

  it("tells what the scheduler says of its failure, if that is for the asker", async () => {
    const scheduler = await connect(1);
    const asked = [failure(ask()), failure(ask()), failure(ask())];
    await settle();
    const fail = (index: number, reason: string): void =>
      scheduler.send({
        message: {
          $case: "answer",
          value: { id: scheduler.asked[index]?.id ?? 0, answer: { $case: "failure", value: { reason, message: "no" } } },
        },
      });
    fail(0, badRequest("").reason);
    fail(1, "Forbidden");
    scheduler.send({ message: { $case: "answer", value: { id: scheduler.asked[2]?.id ?? 0, answer: undefined } } });
    const [told, hidden, empty] = await Promise.all(asked);
    expect([isBadRequest(told), isInternal(hidden), isInternal(empty)]).to.deep.equal([true, true, true]);
  });

  it("puts no more questions than a scheduler can be expected to answer", async () => {
    const scheduler = await connect(1);
    const { signal } = new AbortController();
    const asked = Array.from({ length: 100 }, () => ask(sharedSignal(signal)));
    await settle();
    expect(isTooManyRequests(await failure(ask()))).to.equal(true);
    expect(scheduler.asked).to.have.length(100);
    scheduler.answer(0, "first");
    expect(await asked[0]).to.equal("first");
    const next = ask();
    await settle();
    scheduler.answer(100, "next");
    expect(await next).to.equal("next");
    for (const each of asked) each.catch((error: unknown) => expect(isUnavailable(error)).to.equal(true));
  });

  it("lets the scheduler know that nobody waits any more, and what it answers all the same go", async () => {
    const scheduler = await connect(1);
    const asked = failure(ask());
    await settle();
    stop.abort();
    expect(isAbort(await asked)).to.equal(true);
    await settle();
    expect(scheduler.asked.map(({ id, question: put }) => [id, put?.$case])).to.deep.equal([
      [1, "assessRisk"],
      [1, "cancel"],
    ]);
    scheduler.answer(0, "late");
    const next = ask(new AbortController().signal);
    await settle();
    scheduler.answer(2, "next");
    expect(await next).to.equal("next");
  });
});
