import { ApiError, badRequest, isConflict, isForbidden, isInvalid, isNotFound, isTooLarge, notFound } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import type { Whole } from "../../api/object.js";
import { parseFieldSelector } from "../../api/selectors/field-selector.js";
import { everything } from "../../api/selectors/label-selector.js";
import { isAbort, sharedSignal } from "../../base/abort.js";
import { backoffMs, reconnectBackoff } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type {
  ReportRequest,
  ReportRequest_NodeReport,
  ReportRequest_PodReport,
  ReportResponse,
  ReportResponse_Ack,
  ReportResponse_Session,
} from "../../gen/howbernetes/api/v1/nodes.js";
import { EventType, WatchResponse } from "../../gen/howbernetes/api/v1/resources.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { WatchCache } from "../../storage/cacher/interface.js";
import type { Store } from "../../storage/interface.js";
import { storeKey } from "../../storage/keys.js";
import type { ObjectStore } from "../object-store.js";
import { ContainerNews, type ContainerNewsDeps } from "./container-news.js";
import { NewestPerKey } from "./newest-per-key.js";
import type { NodeLeases } from "./node-lease.js";
import { differsFromReport, mergeNodeReport } from "./node-report-merge.js";
import type { PodStatusWriter } from "./pod-status-writer.js";
import { isCurrent, type SessionFence, supersededError } from "./session-fence.js";
import { untilAborted } from "./until-aborted.js";

export interface ReportSessionDeps extends ContainerNewsDeps {
  readonly objects: ObjectStore;
  readonly store: Store;
  readonly nodeCache: Pick<WatchCache<Node>, "get" | "watch">;
  readonly podStatuses: PodStatusWriter;
  readonly leases: NodeLeases;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whose session it is. */
export interface SessionIdentity {
  readonly nodeName: string;
  readonly fence: SessionFence;
  /** The first response. */
  readonly opening: ReportResponse_Session;
}

type Report =
  | { readonly $case: "pod"; readonly value: ReportRequest_PodReport }
  | { readonly $case: "node"; readonly value: ReportRequest_NodeReport };

interface Numbered {
  readonly sequence: number;
  readonly report: Report;
}

// A store write takes about a millisecond, most of it waiting; eight at once keep up with a node that starts 40 pods.
const writers = 8;
// So many pods may wait to be stored before the node is no longer read; a node has at most 110 by default.
const maxPending = 1_000;

/**
 * One report stream of a node, from its Hello to its end.
 *
 * Invariants: reports of one pod are stored one after the other, a newer one in the place of those that wait; every
 * write carries the session's fence, so nothing is stored once a newer session has been opened; when `run` ends, all
 * that it started has ended.
 */
export class ReportSession {
  private readonly stop = new AbortController();
  private readonly reports = new NewestPerKey<Numbered>();
  private readonly acks = new NewestPerKey<ReportResponse_Ack>();
  private failure: ApiError | undefined;
  private lastSequence = 0;
  private lastNodeReport: Numbered | undefined;
  private renewing: Promise<void> | undefined;
  private readonly news: ContainerNews;
  private readonly log: Log;

  constructor(
    private readonly deps: ReportSessionDeps,
    private readonly identity: SessionIdentity,
  ) {
    // Each writer waits on it, and so do the reads and writes that they wait for.
    sharedSignal(this.stop.signal);
    this.log = deps.log.child({ node: identity.nodeName, session: identity.fence.id });
    this.news = new ContainerNews({ ...deps, log: this.log }, identity.nodeName);
  }

  /** Ends the session; with `failure` the node is told why. */
  end(failure?: ApiError): void {
    if (this.stop.signal.aborted) return;
    this.failure = failure;
    this.stop.abort();
  }

  /** Serves the stream until the node leaves (`signal`, or the end of its requests) or the session is ended. */
  async *run(requests: AsyncIterable<ReportRequest>, signal: AbortSignal): AsyncGenerator<ReportResponse> {
    const leave = (): void => this.end();
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) this.end();
    const tasks = [this.read(requests), this.watchNode(), ...Array.from({ length: writers }, () => this.writeReports())];
    try {
      yield { message: { $case: "session", value: this.identity.opening } };
      for (;;) {
        const { key, value } = await this.acks.take(this.stop.signal);
        this.acks.done(key);
        yield { message: { $case: "ack", value } };
      }
    } catch (error: unknown) {
      if (this.failure !== undefined) throw this.failure;
      if (!isAbort(error)) throw error;
    } finally {
      this.end();
      signal.removeEventListener("abort", leave);
      await Promise.allSettled([...tasks, this.renewing, this.news.settled()]);
    }
  }

  private async read(requests: AsyncIterable<ReportRequest>): Promise<void> {
    await this.whileOpen(async (signal) => {
      for await (const request of untilAborted(requests, signal)) {
        this.accept(request);
        await this.reports.below(maxPending, signal);
      }
      await this.reports.drained(signal);
      this.end();
    });
  }

  private accept({ sequence, message }: ReportRequest): void {
    if (sequence <= this.lastSequence) throw badRequest(`report ${sequence} came after report ${this.lastSequence}`);
    this.lastSequence = sequence;
    switch (message?.$case) {
      case "pod":
        this.reports.put(`pod/${message.value.uid}`, { sequence, report: message });
        break;
      case "node":
        this.lastNodeReport = { sequence, report: message };
        this.reports.put("node", this.lastNodeReport);
        break;
      case "heartbeat":
        this.heartbeat();
        break;
      case "containerEvent":
        this.news.event(message.value, this.stop.signal);
        break;
      case "containerDeath":
        this.news.death(message.value, this.stop.signal);
        break;
      case "hello":
      case undefined:
        throw badRequest("a session has one hello, and reports after it");
    }
  }

  private heartbeat(): void {
    // One renewal at a time: when the store is slow, a second one would say nothing new.
    this.renewing ??= this.whileOpen(async (signal) => {
      try {
        await this.deps.leases.renew(this.identity.nodeName, this.identity.fence, signal);
        await this.restoreNodeReport(signal);
      } catch (error: unknown) {
        if (isConflict(error)) return this.endIfSuperseded(signal);
        if (!isAbort(error)) this.log.warn("node lease not renewed", { error });
      }
    }).finally(() => {
      this.renewing = undefined;
    });
  }

  /** A node that was taken for lost, and was not, is shown again as it says it is. */
  private async restoreNodeReport(signal: AbortSignal): Promise<void> {
    const last = this.lastNodeReport;
    if (last?.report.$case !== "node" || !this.reports.idle) return;
    const node = await this.deps.objects.get(nodeKind, this.nodeKey, { kind: "any" }, signal);
    if (differsFromReport(node.object, last.report.value)) this.reports.putBack("node", last);
  }

  private async writeReports(): Promise<void> {
    await this.whileOpen(async (signal) => {
      let failures = 0;
      for (;;) {
        // A node that reports and does not read its acknowledgements is not served further.
        await this.acks.below(maxPending, signal);
        const { key, value } = await this.reports.take(signal);
        try {
          this.acks.put(key, await this.write(value, signal));
          failures = 0;
        } catch (error: unknown) {
          if (isAbort(error)) throw error;
          if (isConflict(error)) await this.endIfSuperseded(signal);
          failures += 1;
          this.log.warn("report not stored, trying again", { report: key, failures, error });
          await this.deps.clock.sleep(backoffMs(failures, reconnectBackoff), signal);
          this.reports.putBack(key, value);
        } finally {
          this.reports.done(key);
        }
      }
    });
  }

  private async write({ sequence, report }: Numbered, signal: AbortSignal): Promise<ReportResponse_Ack> {
    const { nodeName, fence } = this.identity;
    const podUid = report.$case === "pod" ? report.value.uid : "";
    try {
      if (report.$case === "node") return { sequence, podUid, refused: false, resourceVersion: await this.writeNode(report.value, signal) };
      return { sequence, podUid, ...(await this.deps.podStatuses.write(report.value, { nodeName, guard: fence.guard, signal })) };
    } catch (error: unknown) {
      // Trying again would meet the same refusal.
      if (!isInvalid(error) && !isForbidden(error) && !isTooLarge(error)) throw error;
      this.log.error("report refused", { podUid, error });
      return { sequence, podUid, refused: true, resourceVersion: "" };
    }
  }

  private async writeNode(report: ReportRequest_NodeReport, signal: AbortSignal): Promise<string> {
    const { objects, clock } = this.deps;
    const merge = (draft: Whole<Node>): boolean => {
      mergeNodeReport(draft, report, clock.now());
      return true;
    };
    const { revision } = await objects.mutate(nodeKind, this.nodeKey, merge, { signal, guards: [this.identity.fence.guard] });
    return String(revision);
  }

  private get nodeKey(): { readonly namespace: ""; readonly name: string } {
    return { namespace: "", name: this.identity.nodeName };
  }

  private async endIfSuperseded(signal: AbortSignal): Promise<void> {
    try {
      if (!(await isCurrent(this.deps.store, this.identity.fence, signal))) this.end(supersededError(this.identity.nodeName));
    } catch (error: unknown) {
      // The store is away; whoever asked tries again, and then asks again.
      if (isAbort(error)) throw error;
    }
  }

  /** Ends the session when its Node is deleted, also when another has taken its name since. */
  private async watchNode(): Promise<void> {
    const { nodeName, opening } = this.identity;
    const key = storeKey(nodeKind, this.nodeKey);
    const scope = { namespace: "", labels: everything, fields: parseFieldSelector(nodeKind, `metadata.name=${nodeName}`) };
    const gone = (): void => this.end(notFound({ group: "", kind: "nodes", name: nodeName }));
    await this.whileOpen(async (signal) => {
      for (let failures = 0; ; ) {
        try {
          const { found, revision } = await this.deps.nodeCache.get(key, { kind: "latest" }, signal);
          if (found?.object.metadata.uid !== opening.nodeUid) return gone();
          const options = { after: revision, markInitialEnd: false, bookmarks: false, signal };
          for await (const message of this.deps.nodeCache.watch(scope, options)) {
            if (WatchResponse.decode(message).events.some(({ type }) => type === EventType.DELETED)) return gone();
            failures = 0;
          }
        } catch (error: unknown) {
          if (isAbort(error)) throw error;
          if (isNotFound(error)) return gone();
          failures += 1;
          await this.deps.clock.sleep(backoffMs(failures, reconnectBackoff), signal);
        }
      }
    });
  }

  /** Runs a part of the session; its failure is the session's, its being stopped is not a failure. */
  private async whileOpen(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.stop;
    try {
      await work(signal);
    } catch (error: unknown) {
      if (signal.aborted && isAbort(error)) return;
      if (isAbort(error)) return this.end();
      this.end(ApiError.from(error));
    }
  }
}
