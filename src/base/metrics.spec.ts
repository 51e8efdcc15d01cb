import { expect } from "chai";
import { createMetrics } from "./metrics.js";

describe("createMetrics", () => {
  it("renders counters, gauges and histograms with their labels", async () => {
    const metrics = createMetrics({ process: false });
    metrics.counter({ name: "calls_total", help: "Calls.", labels: ["method"] }).inc({ method: "Get" }, 2);
    metrics.gauge({ name: "depth", help: "Depth." }).set({}, 7);
    metrics.histogram({ name: "took_seconds", help: "Time.", buckets: [1, 2] }).observe({}, 1.5);

    const text = await metrics.render();

    expect(text).to.include('calls_total{method="Get"} 2');
    expect(text).to.include("depth 7");
    expect(text).to.include('took_seconds_bucket{le="1"} 0');
    expect(text).to.include('took_seconds_bucket{le="2"} 1');
  });

  it("gives the same metric to all who ask for its name", async () => {
    const metrics = createMetrics({ process: false });
    metrics.counter({ name: "calls_total", help: "Calls." }).inc({});
    metrics.counter({ name: "calls_total", help: "Calls." }).inc({});

    expect(await metrics.render()).to.include("calls_total 2");
  });

  it("lets several parts contribute to one gauge", async () => {
    const metrics = createMetrics({ process: false });
    for (const by of [3, 4, -2]) metrics.gauge({ name: "depth", help: "Depth." }).add({}, by);

    expect(await metrics.render()).to.include("depth 5");
  });

  it("asks for what changes by itself before it renders, until told not to", async () => {
    const metrics = createMetrics({ process: false });
    let age = 0;
    const stop = metrics.beforeRender(() => metrics.gauge({ name: "age", help: "Age." }).set({}, ++age));
    await metrics.render();
    expect(await metrics.render()).to.include("age 2");

    stop();
    expect(await metrics.render()).to.include("age 2");
  });

  it("shows the event loop's lag among the process's own", async () => {
    expect(await createMetrics().render()).to.include("nodejs_eventloop_lag_p99_seconds");
  });
});
