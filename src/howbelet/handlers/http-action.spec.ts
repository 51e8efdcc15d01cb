import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { isAbort } from "../../base/abort.js";
import { type HttpTarget, httpAction } from "./http-action.js";

const signal = new AbortController().signal;
const options = { maxRedirects: 10, maxBodyBytes: 10 };

describe("httpAction", () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  before(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const port = (): number => (server.address() as AddressInfo).port;
  const target = (overrides: Partial<HttpTarget> = {}): HttpTarget => ({
    ...{ scheme: "http", host: "127.0.0.1", port: port(), path: "/", headers: [] },
    ...overrides,
  });

  it("tells the status, and of the body no more than is wanted", async () => {
    answer = (_request, response) => response.writeHead(503).end("0123456789abc");

    expect(await httpAction(target(), options, signal)).to.deep.equal({ statusCode: 503, body: "0123456789" });
  });

  it("does not wait for the end of a body that is long enough", async () => {
    answer = (_request, response) => response.writeHead(200).write("0123456789");

    expect(await httpAction(target(), options, signal)).to.deep.equal({ statusCode: 200, body: "0123456789" });
  });

  it("does not wait for a body that is not wanted", async () => {
    answer = (_request, response) => response.writeHead(200).flushHeaders();

    expect(await httpAction(target(), { ...options, maxBodyBytes: 0 }, signal)).to.deep.equal({ statusCode: 200, body: "" });
  });

  it("asks for the path with its query, and sends the headers, all of them", async () => {
    let told: unknown;
    answer = (request, response) => {
      const { url, headers } = request;
      told = { url, host: headers.host, accept: headers.accept, agent: headers["user-agent"], x: headers["x-a"] };
      response.end();
    };
    const headers = [
      { name: "Host", value: "example.com" },
      { name: "User-Agent", value: "" },
      { name: "X-A", value: "1" },
      { name: "x-a", value: "2" },
    ];
    await httpAction(target({ path: "/a?b=c", headers }), options, signal);

    expect(told).to.deep.equal({ url: "/a?b=c", host: "example.com", accept: "*/*", agent: undefined, x: "1, 2" });
  });

  const redirected = (location: string): void => {
    answer = ({ url }, response) => {
      if (url === "/") response.writeHead(302, { location }).end("elsewhere");
      else response.end(url);
    };
  };

  it("follows where it is sent on the same host", async () => {
    redirected("/there");
    expect(await httpAction(target(), options, signal)).to.deep.equal({ statusCode: 200, body: "/there" });
  });

  it("takes an answer that sends it to another host as it is", async () => {
    redirected("http://example.com/there");
    expect(await httpAction(target(), options, signal)).to.deep.equal({ statusCode: 302, body: "elsewhere" });
  });

  it("follows nothing when it is not to", async () => {
    redirected("/there");
    expect(await httpAction(target(), { ...options, maxRedirects: 0 }, signal)).to.deep.equal({ statusCode: 302, body: "elsewhere" });
  });

  it("does not go round for ever", async () => {
    redirected("/");
    const error = await httpAction(target(), options, signal).catch((failure: unknown) => failure);
    expect(error).to.have.property("message", "stopped after 10 redirects");
  });

  it("says that nobody answers", async () => {
    const error = await httpAction(target({ port: 1 }), options, signal).catch((failure: unknown) => failure);
    expect(error)
      .to.have.property("message")
      .that.matches(/ECONNREFUSED 127\.0\.0\.1:1/);
  });

  it("ends when it is stopped", async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    const error = await httpAction(target(), options, stop.signal).catch((failure: unknown) => failure);
    expect(isAbort(error)).to.equal(true);
  });
});
