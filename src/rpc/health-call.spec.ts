import { Server, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import { expect } from "chai";
import { isAbort } from "../base/abort.js";
import { type HealthCheckResponse, HealthService } from "../gen/grpc/health/v1/health.js";
import { askHealth } from "./health-call.js";

describe("askHealth", () => {
  let server: Server;
  const signal = new AbortController().signal;

  afterEach(() => server.forceShutdown());

  async function serve(services: Readonly<Record<string, number>> | undefined): Promise<string> {
    server = new Server();
    if (services !== undefined) {
      server.addService(HealthService, {
        check: (
          call: { request: { service: string } },
          done: (error: Partial<ServiceError> | null, answer?: HealthCheckResponse) => void,
        ) => {
          const found = services[call.request.service];
          if (found === undefined) done({ code: status.NOT_FOUND, details: "unknown service" });
          else if (found >= 0) done(null, { status: found });
        },
        watch: () => undefined,
      });
    }
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    return `127.0.0.1:${port}`;
  }
  const ask = (address: string, service = "") => askHealth({ address, service, isTls: false }, signal);

  it("tells what the server says of itself and of a service", async () => {
    const address = await serve({ "": 1, "shop.Cart": 2 });
    expect(await ask(address)).to.deep.equal({ status: "SERVING" });
    expect(await ask(address, "shop.Cart")).to.deep.equal({ status: "NOT_SERVING" });
  });

  it("tells that the server knows no such service", async () => {
    expect(await ask(await serve({}), "a")).to.deep.equal({ status: undefined, error: { code: "NOT_FOUND", message: "unknown service" } });
  });

  it("tells a server without the health service apart", async () => {
    expect((await ask(await serve(undefined))).error?.code).to.equal("UNIMPLEMENTED");
  });

  it("tells that nobody listens", async () => {
    const address = await serve({});
    server.forceShutdown();
    expect((await ask(address)).error?.code).to.equal("UNAVAILABLE");
  });

  it("ends when it is told to", async () => {
    const stop = new AbortController();
    const call = askHealth({ address: await serve({ "": -1 }), service: "", isTls: false }, stop.signal).catch((error: unknown) => error);
    stop.abort();
    expect(isAbort(await call)).to.equal(true);
  });
});
