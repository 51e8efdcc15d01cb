import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseHostPort } from "./host-port.js";
import type { Metrics } from "./metrics.js";

export interface HttpEndpointOptions {
  /** "host:port"; port 0 takes a free one. */
  readonly listen: string;
  readonly metrics: Metrics;
  /** What the process still waits for before it can do its work, by name; empty when it is ready. */
  readonly waitingFor: () => readonly string[];
}

/** What a process tells the machine's keepers over plain HTTP: its health and its figures. Nothing secret. */
export interface HttpEndpoint {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Serves /livez and /healthz (the process answers), /readyz (503 with what is missing, until it can do its work) and
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

function answer({ metrics, waitingFor }: HttpEndpointOptions): RequestListener {
  return (request, response) => {
    const reply = (status: number, text: string, contentType = "text/plain; charset=utf-8"): void => {
      response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" }).end(text);
    };
    if (request.method !== "GET" && request.method !== "HEAD") return reply(405, "only GET\n");

    switch (request.url?.split("?")[0]) {
      case "/livez":
      case "/healthz":
        return reply(200, "ok\n");
      case "/readyz": {
        const missing = waitingFor();
        return missing.length === 0 ? reply(200, "ok\n") : reply(503, `waiting for ${missing.join(", ")}\n`);
      }
      case "/metrics":
        metrics.render().then(
          (text) => reply(200, text, metrics.contentType),
          (_error: unknown) => reply(500, "metrics cannot be collected\n"),
        );
        return;
      default:
        return reply(404, "try /livez, /readyz or /metrics\n");
    }
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
