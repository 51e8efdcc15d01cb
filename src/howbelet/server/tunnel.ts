import { isAbort } from "../../base/abort.js";
import { backoffMs, reconnectBackoff } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import { linkAbort } from "../../base/linked-abort.js";
import type { Log } from "../../base/log.js";
import type { NodesService, TunnelRequest, TunnelResponse } from "../../gen/howbernetes/api/v1/nodes.js";
import type { RpcClient } from "../../rpc/contracts.js";
import { type SessionWork, serveSession } from "./session.js";

/** A tunnel that lasted this long was not part of the trouble before it. */
const healthyMs = 60_000;

export interface TunnelDeps {
  readonly nodes: Pick<RpcClient<NodesService>, "tunnel">;
  /** On a channel of its own: sessions carry much, and must not delay statuses. */
  readonly sessions: Pick<RpcClient<NodesService>, "openSession">;
  readonly nodeName: string;
  /** What a session that is asked for is about; undefined for one that this howbelet cannot serve. */
  readonly workOf: (order: NonNullable<TunnelResponse["session"]>) => SessionWork | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps a tunnel open, by which the api-server asks for sessions, and serves each on a stream of its own. */
export class Tunnel {
  private readonly serving = new Set<Promise<void>>();

  constructor(private readonly deps: TunnelDeps) {}

  /** Works until `signal` fires; then ends its sessions. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.deps;
    let failures = 0;
    while (!signal.aborted) {
      const startedAtMs = clock.monotonicMs();
      const error = await this.receive(signal);
      if (signal.aborted) break;
      failures = clock.monotonicMs() - startedAtMs >= healthyMs ? 1 : failures + 1;
      log.debug("tunnel ended, connecting again", { error });
      await clock.sleep(backoffMs(failures, reconnectBackoff), signal).catch((aborted: unknown) => {
        if (!isAbort(aborted)) throw aborted;
      });
    }
    await Promise.all(this.serving);
  }

  private async receive(signal: AbortSignal): Promise<unknown> {
    const { nodes, nodeName } = this.deps;
    const stop = linkAbort(signal);
    const either = stop.signal;
    try {
      for await (const order of nodes.tunnel(greetAndStay({ nodeName }, either), { signal: either })) this.serve(order, signal);
      return undefined;
    } catch (error: unknown) {
      return error;
    } finally {
      stop.abort();
      stop.unlink();
    }
  }

  private serve({ sessionId, session }: TunnelResponse, signal: AbortSignal): void {
    const { sessions, workOf, log } = this.deps;
    const work = session === undefined ? undefined : workOf(session);
    if (work === undefined) {
      log.warn("a session of an unknown kind was asked for", { session: sessionId });
      return;
    }
    const served = serveSession({ sessionId, work, sessions }, signal)
      .catch((error: unknown) => {
        if (!isAbort(error)) log.debug("session broke", { session: sessionId, error });
      })
      .finally(() => this.serving.delete(served));
    this.serving.add(served);
  }
}

async function* greetAndStay(greeting: TunnelRequest, signal: AbortSignal): AsyncGenerator<TunnelRequest> {
  yield greeting;
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
