import { isAbort, untilAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import { keepStreaming } from "../../client/keep-streaming.js";
import type { NodesService, TunnelRequest, TunnelResponse } from "../../gen/howbernetes/api/v1/nodes.js";
import type { RpcClient } from "../../rpc/contracts.js";
import { type SessionWork, serveSession } from "./session.js";

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
    const { nodes, nodeName, clock, log } = this.deps;
    const open = async (stream: AbortSignal): Promise<void> => {
      for await (const order of nodes.tunnel(greetAndStay({ nodeName }, stream), { signal: stream })) this.serve(order, signal);
    };
    await keepStreaming({ open, name: "tunnel", clock, log }, signal);
    await Promise.all(this.serving);
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
  await untilAbort(signal);
}
