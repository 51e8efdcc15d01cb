import { expect } from "chai";
import { HealthServer } from "../../test/fakes/health-server.js";
import { isAbort } from "../base/abort.js";
import { askHealth } from "./health-call.js";

describe("askHealth", () => {
  const { signal } = new AbortController();
  let server: HealthServer;

  beforeEach(() => {
    server = new HealthServer();
  });
  afterEach(() => server.stop());

  const addressOf = (port: number): string => `127.0.0.1:${port}`;
  const ask = (port: number, service = "") => askHealth({ address: addressOf(port), service, isTls: false }, signal);

  it("tells what the server says of itself and of a service", async () => {
    server.statuses.set("shop.Cart", "NOT_SERVING");
    const port = await server.listen();
    expect(await ask(port)).to.deep.equal({ status: "SERVING" });
    expect(await ask(port, "shop.Cart")).to.deep.equal({ status: "NOT_SERVING" });
  });

  it("tells that the server knows no such service", async () => {
    expect(await ask(await server.listen(), "a")).to.deep.equal({
      status: undefined,
      error: { code: "NOT_FOUND", message: "unknown service" },
    });
  });

  it("tells a server without the health service apart", async () => {
    expect((await ask(await server.listen("127.0.0.1", false))).error?.code).to.equal("UNIMPLEMENTED");
  });

  it("tells that nobody listens", async () => {
    const port = await server.listen();
    server.stop();
    expect((await ask(port)).error?.code).to.equal("UNAVAILABLE");
  });

  it("ends when it is told to", async () => {
    server.statuses.set("", "no answer");
    const stop = new AbortController();
    const question = { address: addressOf(await server.listen()), service: "", isTls: false };
    const call = askHealth(question, stop.signal).catch((error: unknown) => error);
    stop.abort();
    expect(isAbort(await call)).to.equal(true);
  });
});
