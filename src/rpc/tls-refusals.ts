import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Server } from "@grpc/grpc-js";
import type { Log } from "../base/log.js";

/** Whoever knocks without end must not fill the log: what comes sooner after the last line is counted in the next. */
const quietMs = 1_000;

/**
 * Logs the connections that a listening server turned away before any call: those without a certificate of its CA, and
 * those that do not speak TLS. grpc-js tells nobody of them and does not show its HTTP/2 servers in its types; where a
 * later version hides them, nothing is logged.
 */
export function logTlsRefusals(server: Server, log: Log, monotonicMs: () => number = () => performance.now()): void {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<EventEmitter, unknown> };
  let lastMs = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  const refused = (error: Error, socket: Partial<TLSSocket>): void => {
    if (monotonicMs() - lastMs < quietMs) {
      unsaid += 1;
      return;
    }
    log.info("connection refused", { peer: peerOf(socket), reason: reasonOf(error, socket), ...(unsaid === 0 ? {} : { unsaid }) });
    lastMs = monotonicMs();
    unsaid = 0;
  };
  for (const http2Server of http2Servers?.keys() ?? []) {
    // A socket knows its peer after its end only if it was asked before.
    http2Server.on("connection", (socket: Socket) => socket.remoteAddress);
    http2Server.on("tlsClientError", refused);
  }
}

/** Of a TLS socket that has ended, only the socket beneath it still tells. */
function peerOf(socket: Partial<TLSSocket>): string {
  const { _parent: beneath } = socket as { readonly _parent?: Socket };
  const { remoteAddress, remotePort } = beneath ?? socket;
  return remoteAddress === undefined ? "unknown" : `${remoteAddress}:${remotePort ?? 0}`;
}

/** A certificate that was not accepted shows as a broken connection, with the reason beside it. */
function reasonOf(error: Error, { authorizationError }: Partial<TLSSocket>): string {
  return authorizationError ? String(authorizationError) : error.message;
}
