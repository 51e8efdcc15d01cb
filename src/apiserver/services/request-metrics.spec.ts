import { expect } from "chai";
import { failure } from "../../../test/fakes/failure.js";
import { notFound } from "../../api/errors.js";
import { createMetrics, type Metrics } from "../../base/metrics.js";
import { GetRequest, WatchRequest } from "../../gen/howbernetes/api/v1/resources.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import { countRequests } from "./request-metrics.js";
import type { ResourcesDefinition } from "./resources.js";

const call = {} as CallContext;
const pods = { group: "", version: "v1", resource: "pods" };

describe("countRequests", () => {
  let metrics: Metrics;
  let nowMs: number;

  beforeEach(() => {
    metrics = createMetrics({ process: false });
    nowMs = 0;
  });

  const counted = (handlers: Partial<Handlers<ResourcesDefinition>>) =>
    countRequests(handlers as Handlers<ResourcesDefinition>, { metrics, clock: { monotonicMs: () => nowMs } });

  it("times requests by what they are about and how they ended", async () => {
    const get = async (): Promise<never> => {
      expect(await metrics.render()).to.contain('howbernetes_api_requests_in_flight{verb="get"} 1');
      nowMs = 30;
      throw notFound({ group: "", kind: "pods", name: "x" });
    };
    await failure(counted({ get }).get(GetRequest.fromPartial({ type: pods, subresource: "status" }), call));

    const text = await metrics.render();
    const labels = 'verb="get",resource="pods",subresource="status"';
    expect(text).to.contain(`howbernetes_api_requests_total{${labels}} 1`);
    expect(text).to.contain(`howbernetes_api_request_duration_seconds_sum{${labels},code="404"} 0.03`);
    expect(text).to.contain('howbernetes_api_requests_in_flight{verb="get"} 0');
  });

  it("makes no labels of what callers send", async () => {
    const get = async () => ({ object: undefined });
    const request = { type: { group: "", version: "v1", resource: "x".repeat(99) }, subresource: "y".repeat(99) };
    await counted({ get }).get(GetRequest.fromPartial(request), call);

    expect(await metrics.render()).to.contain('{verb="get",resource="unknown",subresource="unknown"} 1');
  });

  it("counts watches when they begin", async () => {
    const watch = async function* () {};
    counted({ watch }).watch(WatchRequest.fromPartial({ type: pods }), call);

    expect(await metrics.render()).to.contain('howbernetes_api_requests_total{verb="watch",resource="pods",subresource=""} 1');
  });
});
