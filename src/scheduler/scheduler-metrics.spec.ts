import { expect } from "chai";
import { createMetrics, type Metrics } from "../base/metrics.js";
import { createSchedulerMetrics } from "./scheduler-metrics.js";

describe("the scheduler's metrics", () => {
  let metrics: Metrics;
  beforeEach(() => {
    metrics = createMetrics({ process: false });
  });
  const lines = async (name: string): Promise<string[]> => (await metrics.render()).split("\n").filter((line) => line.startsWith(name));

  it("show the queue's sizes as they are when they are read, until its term ends", async () => {
    let active = 1;
    const hide = createSchedulerMetrics(metrics).show(() => ({ active, backoff: 2, unschedulable: 3, gated: 4, taken: 5 }));
    active = 7;
    expect(await lines("howbernetes_scheduler_pending_pods")).to.deep.equal([
      'howbernetes_scheduler_pending_pods{queue="active"} 7',
      'howbernetes_scheduler_pending_pods{queue="backoff"} 2',
      'howbernetes_scheduler_pending_pods{queue="unschedulable"} 3',
      'howbernetes_scheduler_pending_pods{queue="gated"} 4',
      'howbernetes_scheduler_pending_pods{queue="taken"} 5',
    ]);
    hide();
    active = 0;
    expect(await lines("howbernetes_scheduler_pending_pods")).to.include('howbernetes_scheduler_pending_pods{queue="active"} 0');
  });

  it("count each plugin that refused a node once an attempt", async () => {
    const { refused } = createSchedulerMetrics(metrics);
    refused(["NodeResourcesFit", "NodeAffinity"]);
    refused(["NodeResourcesFit"]);
    expect(await lines("howbernetes_scheduler_refusals_total")).to.deep.equal([
      'howbernetes_scheduler_refusals_total{plugin="NodeResourcesFit"} 2',
      'howbernetes_scheduler_refusals_total{plugin="NodeAffinity"} 1',
    ]);
  });

  it("tell decisions of tens of microseconds apart", async () => {
    createSchedulerMetrics(metrics).decided("placed", 0.000_03);
    const counted = (await lines("howbernetes_scheduler_decision_duration_seconds_bucket")).filter((line) => line.endsWith(" 0"));
    expect(counted).to.have.length(1);
  });

  it("may be left out", () => {
    const none = createSchedulerMetrics(undefined);
    none.attempt("scheduled");
    expect(() => none.show(() => ({ active: 0, backoff: 0, unschedulable: 0, gated: 0, taken: 0 }))()).to.not.throw();
  });
});
