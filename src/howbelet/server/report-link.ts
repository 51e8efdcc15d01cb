import { isConflict, isNotFound } from "../../api/errors.js";
import { deferred, isAbort } from "../../base/abort.js";
import { backoffMs, reconnectBackoff } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import { linkAbort } from "../../base/linked-abort.js";
import type { Log } from "../../base/log.js";
import type { NodesService, ReportResponse_Session } from "../../gen/howbernetes/api/v1/nodes.js";
import type { RpcClient } from "../../rpc/contracts.js";
import type { ReportQueue } from "./report-queue.js";

/** A session that lasted this long was not part of the trouble before it. */
const healthyMs = 60_000;

export interface ReportLinkDeps {
  readonly nodes: Pick<RpcClient<NodesService>, "report">;
  readonly queue: ReportQueue;
  readonly nodeName: string;
  /** Identity of this process. */
  readonly bootId: string;
  /** The uid that the Node had in the last session, "" before the first. */
  readonly nodeUid: () => string;
  /** A session has been opened, before anything is reported in it. What it throws ends the agent. */
  readonly opened: (session: ReportResponse_Session) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Why an agent may not go on: another serves the node, or the Node is no more. */
export type LinkEnd = "superseded" | "deleted";

/** Keeps a report session open with the api-server, through its absences. */
export class ReportLink {
  constructor(private readonly deps: ReportLinkDeps) {}

  /** Resolves when the server says that this agent is to stop, or `signal` fires (undefined). */
  async run(signal: AbortSignal): Promise<LinkEnd | undefined> {
    const { clock, log } = this.deps;
    let failures = 0;
    while (!signal.aborted) {
      const startedAtMs = clock.monotonicMs();
      const end = await this.session(signal);
      if (signal.aborted) return undefined;
      if (isNotFound(end.error)) return "deleted";
      if (isConflict(end.error)) return "superseded";
      if (end.isFatal) throw end.error;

      failures = clock.monotonicMs() - startedAtMs >= healthyMs ? 1 : failures + 1;
      if (failures === 1) log.warn("report session ended, connecting again", { error: end.error });
      await clock.sleep(backoffMs(failures, reconnectBackoff), signal).catch((error: unknown) => {
        if (!isAbort(error)) throw error;
      });
    }
    return undefined;
  }

  /** One session, to its end. */
  private async session(signal: AbortSignal): Promise<{ readonly error: unknown; readonly isFatal: boolean }> {
    const { nodes, queue, nodeName, bootId, nodeUid } = this.deps;
    const stop = linkAbort(signal);
    const either = stop.signal;
    const opened = deferred();
    const requests = queue.requests({ nodeName, nodeUid: nodeUid(), bootId }, opened.promise, either);
    let stopHeartbeats = (): void => undefined;
    let isFatal = false;
    try {
      for await (const { message } of nodes.report(requests, { signal: either })) {
        if (message?.$case === "ack") queue.acknowledge(message.value);
        if (message?.$case !== "session") continue;
        isFatal = true;
        await this.deps.opened(message.value);
        isFatal = false;
        opened.resolve();
        stopHeartbeats = this.beat(message.value.heartbeatPeriodMs);
      }
      return { error: new Error("the api-server ended the session"), isFatal };
    } catch (error: unknown) {
      return { error, isFatal };
    } finally {
      stopHeartbeats();
      stop.abort();
      stop.unlink();
      // Frees the generator of requests if the session never opened.
      opened.resolve();
    }
  }

  private beat(periodMs: number): () => void {
    const { clock, queue } = this.deps;
    let cancel = (): void => undefined;
    const schedule = (): void => {
      cancel = clock.after(periodMs, () => {
        queue.heartbeat();
        schedule();
      });
    };
    schedule();
    return () => cancel();
  }
}
