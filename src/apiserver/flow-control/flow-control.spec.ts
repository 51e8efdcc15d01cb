import { expect } from "chai";
import { failure } from "../../../test/fakes/failure.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { isTooManyRequests } from "../../api/errors.js";
import { isAbort } from "../../base/abort.js";
import { createMetrics, type Metrics } from "../../base/metrics.js";
import type { Caller } from "../../rpc/contracts.js";
import { createFlowControl, type FlowControl } from "./flow-control.js";

const user = (name: string): Caller => ({ name, groups: ["system:masters"] });
const scheduler: Caller = { name: "system:scheduler", groups: ["system:components"] };
const read = { verb: "get", group: "", resource: "pods", namespace: "", seats: 1 } as const;

describe("createFlowControl", () => {
  const { signal } = new AbortController();
  let clock: FakeClock;
  let metrics: Metrics;

  beforeEach(() => {
    clock = new FakeClock();
    metrics = createMetrics({ process: false });
  });

  /** With two requests in flight, each level has one seat, and a queue of two for each user. */
  const create = (maxRequestsInFlight = 2): FlowControl => createFlowControl({ maxRequestsInFlight, clock, metrics });

  it("lets one after the other in, each when the one before is done", async () => {
    const flow = create();
    const order: string[] = [];
    const release = await flow.enter(user("a"), read, signal);
    const second = flow.enter(user("a"), read, signal).then((done) => {
      order.push("second");
      done();
    });
    order.push("first done");
    release();
    release();
    await second;

    expect(order).to.deep.equal(["first done", "second"]);
    expect(await metrics.render()).to.contain('howbernetes_flow_control_taken_seats{level="workload"} 0');
  });

  it("refuses what a user's full queue has no room for, with a time to retry after", async () => {
    const flow = create();
    await flow.enter(user("a"), read, signal);
    const waiting = [flow.enter(user("a"), read, signal), flow.enter(user("a"), read, signal)];

    const error = await failure(flow.enter(user("a"), read, signal));

    expect(isTooManyRequests(error) && error.message).to.equal("too many requests, please try again later");
    expect(isTooManyRequests(error) && error.retryAfterSeconds).to.equal(1);
    expect(await metrics.render()).to.contain('howbernetes_flow_control_refused_total{level="workload",reason="queue-full"} 1');
    expect(waiting).to.have.length(2);
  });

  it("keeps one level's work from another's", async () => {
    const flow = create();
    await flow.enter(user("a"), read, signal);

    (await flow.enter(scheduler, read, signal))();
  });

  it("refuses those that have waited too long, and lets the next in after them", async () => {
    const flow = create();
    const release = await flow.enter(user("a"), read, signal);
    const late = failure(flow.enter(user("a"), read, signal));
    await clock.advance(5_000);
    const next = flow.enter(user("b"), read, signal);
    await clock.advance(3_000);

    expect(isTooManyRequests(await late)).to.equal(true);
    release();
    (await next)();
    expect(clock.pending).to.equal(0);
  });

  it("forgets those that leave while they wait", async () => {
    const flow = create();
    const release = await flow.enter(user("a"), read, signal);
    const leaving = new AbortController();
    const left = failure(flow.enter(user("a"), read, leaving.signal));
    leaving.abort();

    expect(isAbort(await left)).to.equal(true);
    release();
    (await flow.enter(user("b"), read, signal))();
    expect(clock.pending).to.equal(0);
  });

  it("limits nothing when told so", async () => {
    const flow = create(0);
    for (let count = 0; count < 1_000; count += 1) await flow.enter(user("a"), read, signal);
  });
});
