import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type HealthCheck, renderReport, runChecks } from "./health-checks.js";
import { parseHostPort } from "./host-port.js";
import type { Metrics } from "./metrics.js";

export interface HttpEndpointOptions {
  /** "host:port"; port 0 takes a free one. */
  readonly listen: string;
  readonly metrics: Metrics;
  /** What must hold for the process to be able to do its work, in the order in which it is shown. */
  readonly checks: readonly HealthCheck[];
}

/** What a process tells the machine's keepers over plain HTTP: its health and its figures. Nothing secret. */
export interface HttpEndpoint {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** That the process answers at all. */
const ping: HealthCheck = { name: "ping", check: async () => undefined };

/**
 * Serves /livez (the process answers; 500 if it could not), /readyz and /healthz (503 with what is wrong, until it can
 * do its work), each with `?verbose` for every check, `?exclude=NAME` to leave one out and `/NAME` for one alone, and
 * /metrics. Rejects with the system's error when the address cannot be listened on.
 */
export async function startHttpEndpoint(options: HttpEndpointOptions): Promise<HttpEndpoint> {
  const { host, port } = parseHostPort(options.listen);
  const server = createServer(answer(options));
  // Health checks are short: nobody may hold a socket open to keep the process from ending.
  server.requestTimeout = 5_000;
  await listening(server, host, port);
  return { host, port: (server.address() as AddressInfo).port, stop: () => stopped(server) };
}

function answer({ metrics, checks }: HttpEndpointOptions): RequestListener {
  const endpoints: Readonly<Record<string, { readonly checks: readonly HealthCheck[]; readonly failure: number }>> = {
    livez: { checks: [ping], failure: 500 },
    readyz: { checks: [ping, ...checks], failure: 503 },
    healthz: { checks: [ping, ...checks], failure: 503 },
  };
  return (request, response) => {
    const reply = (status: number, text: string, contentType = "text/plain; charset=utf-8"): void => {
      response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" }).end(text);
    };
    if (request.method !== "GET" && request.method !== "HEAD") return reply(405, "only GET\n");

    const url = new URL(request.url ?? "/", "http://localhost");
    const [, name = "", only] = url.pathname.split("/");
    if (url.pathname === "/metrics") {
      metrics.render().then(
        (text) => reply(200, text, metrics.contentType),
        (_error: unknown) => reply(500, "metrics cannot be collected\n"),
      );
      return;
    }
    const endpoint = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
    const asked = endpoint?.checks.filter((check) => only === undefined || check.name === only) ?? [];
    if (endpoint === undefined || asked.length === 0) return reply(404, "try /livez, /readyz, /healthz or /metrics\n");
    const excluded = url.searchParams.getAll("exclude");
    // Checks report what is wrong and do not reject.
    void runChecks(asked.filter((check) => !excluded.includes(check.name))).then((report) => {
      const isWell = report.every(({ problem }) => problem === undefined);
      reply(isWell ? 200 : endpoint.failure, renderReport(name, report, url.searchParams.has("verbose")));
    });
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
