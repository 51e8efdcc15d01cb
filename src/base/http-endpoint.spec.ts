import { expect } from "chai";
import { type HttpEndpoint, startHttpEndpoint } from "./http-endpoint.js";
import { createMetrics } from "./metrics.js";

describe("startHttpEndpoint", () => {
  const problems = new Map<string, string>();
  const check = (name: string) => ({
    name,
    check: async () => {
      const problem = problems.get(name);
      if (problem !== undefined) throw new Error(problem);
    },
  });
  let endpoint: HttpEndpoint;

  before(async () => {
    const metrics = createMetrics({ process: false });
    metrics.counter({ name: "calls_total", help: "Calls." }).inc({});
    endpoint = await startHttpEndpoint({ listen: "127.0.0.1:0", metrics, checks: [check("store"), check("watch-caches")] });
  });
  beforeEach(() => problems.clear());
  after(() => endpoint.stop());

  const get = async (path: string, method = "GET"): Promise<{ status: number; text: string }> => {
    const response = await fetch(`http://127.0.0.1:${endpoint.port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };

  for (const path of ["/livez", "/readyz", "/healthz", "/readyz/store"]) {
    it(`says ok at ${path} when all is well`, async () => {
      expect(await get(path)).to.deep.equal({ status: 200, text: "ok\n" });
    });
  }

  it("lists every check when asked", async () => {
    expect(await get("/livez?verbose")).to.deep.equal({ status: 200, text: "[+]ping ok\nlivez check passed\n" });
    const all = "[+]ping ok\n[+]store ok\n[+]watch-caches ok\nreadyz check passed\n";
    expect(await get("/readyz?verbose")).to.deep.equal({ status: 200, text: all });
  });

  it("is alive, but not ready, while a check fails, and says which and why", async () => {
    problems.set("store", "the store cannot be reached");
    const text = "[+]ping ok\n[-]store failed: the store cannot be reached\n[+]watch-caches ok\n";

    expect(await get("/readyz")).to.deep.equal({ status: 503, text: `${text}readyz check failed\n` });
    expect(await get("/healthz")).to.deep.equal({ status: 503, text: `${text}healthz check failed\n` });
    expect((await get("/readyz/store")).status).to.equal(503);
    expect((await get("/readyz?exclude=store")).status).to.equal(200);
    expect((await get("/livez")).status).to.equal(200);
  });

  it("shows the metrics", async () => {
    expect((await get("/metrics")).text).to.include("calls_total 1");
  });

  it("refuses other paths and methods", async () => {
    for (const path of ["/", "/readyz/nosuch", "/constructor"]) expect((await get(path)).status).to.equal(404);
    expect((await get("/metrics", "POST")).status).to.equal(405);
  });

  it("says when the address is taken", async () => {
    const again = startHttpEndpoint({
      listen: `127.0.0.1:${endpoint.port}`,
      metrics: createMetrics({ process: false }),
      checks: [],
    });
    const error: unknown = await again.catch((failure: unknown) => failure);
    expect(error).to.have.property("code", "EADDRINUSE");
  });
});
