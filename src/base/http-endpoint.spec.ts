import { expect } from "chai";
import { type HttpEndpoint, startHttpEndpoint } from "./http-endpoint.js";
import { createMetrics } from "./metrics.js";

describe("startHttpEndpoint", () => {
  const missing: string[] = [];
  let endpoint: HttpEndpoint;

  before(async () => {
    const metrics = createMetrics({ process: false });
    metrics.counter({ name: "calls_total", help: "Calls." }).inc({});
    endpoint = await startHttpEndpoint({ listen: "127.0.0.1:0", metrics, waitingFor: () => missing });
  });
  after(() => endpoint.stop());

  const get = async (path: string, method = "GET"): Promise<{ status: number; text: string }> => {
    const response = await fetch(`http://127.0.0.1:${endpoint.port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };

  it("is alive whether or not it is ready", async () => {
    missing.push("node");
    expect(await get("/livez")).to.deep.equal({ status: 200, text: "ok\n" });
    expect(await get("/readyz")).to.deep.equal({ status: 503, text: "waiting for node\n" });
    missing.length = 0;
    expect(await get("/readyz?verbose")).to.deep.equal({ status: 200, text: "ok\n" });
  });

  it("shows the metrics", async () => {
    expect((await get("/metrics")).text).to.include("calls_total 1");
  });

  it("refuses other paths and methods", async () => {
    expect((await get("/")).status).to.equal(404);
    expect((await get("/metrics", "POST")).status).to.equal(405);
  });

  it("says when the address is taken", async () => {
    const again = startHttpEndpoint({
      listen: `127.0.0.1:${endpoint.port}`,
      metrics: createMetrics({ process: false }),
      waitingFor: () => [],
    });
    const error: unknown = await again.catch((failure: unknown) => failure);
    expect(error).to.have.property("code", "EADDRINUSE");
  });
});
