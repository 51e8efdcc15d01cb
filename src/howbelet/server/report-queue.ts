import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type {
  ReportRequest,
  ReportRequest_ContainerDeath,
  ReportRequest_ContainerEvent,
  ReportRequest_Hello,
  ReportRequest_NodeReport,
  ReportRequest_PodReport,
  ReportResponse_Ack,
} from "../../gen/howbernetes/api/v1/nodes.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { ContainerFlight } from "../../gen/howbernetes/flight/v1/flight_record.js";
import type { PodEvent, PodReporter } from "../pods/pod-reporter.js";

/** What is not urgent waits this long for something newer to take its place. */
const coalesceMs = 200;

/** Events that wait while the api-server is away; older ones are given up first. */
const maxPendingEvents = 1_000;

/** So of deaths, which carry the ends of logs with them. */
const maxPendingDeaths = 100;

interface Entry {
  readonly report: ReportRequest_PodReport;
  /** What a user would see change: when it differs, the report is urgent. */
  readonly gist: string;
  /** Monotonic; undefined when the server has been sent it in this session. */
  dueAtMs: number | undefined;
}

type Message = NonNullable<ReportRequest["message"]>;

/**
 * What is to be reported, and the order in which it is sent. Of each pod, and of the node, only the newest status is
 * kept; a new session sends all of them again. Sending is pulled by the stream, so that a slow server makes statuses
 * coalesce instead of queueing them.
 */
export class ReportQueue implements PodReporter {
  private readonly pods = new Map<string, Entry>();
  private readonly events: ReportRequest_ContainerEvent[] = [];
  private readonly deaths: ReportRequest_ContainerDeath[] = [];
  private node: ReportRequest_NodeReport | undefined;
  private isNodeDue = false;
  private isHeartbeatDue = false;
  private wake: () => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  status(pod: Whole<Pod>, status: PodStatus, isFinished: boolean): void {
    const { namespace, name, uid, resourceVersion } = pod.metadata;
    const report = { namespace, name, uid, status, finished: isFinished, observedResourceVersion: resourceVersion };
    const gist = gistOf(report);
    const before = this.pods.get(uid);
    const nowMs = this.clock.monotonicMs();
    const dueAtMs = before?.gist === gist ? Math.min(before.dueAtMs ?? Number.POSITIVE_INFINITY, nowMs + coalesceMs) : nowMs;
    this.pods.set(uid, { report, gist, dueAtMs });
    this.wake();
  }

  event(pod: Whole<Pod>, { type, reason, message, container }: PodEvent): void {
    const { namespace, name, uid } = pod.metadata;
    if (this.events.length >= maxPendingEvents) this.events.shift();
    const fieldPath = container === undefined ? "" : containerPath(pod, container);
    this.events.push({ namespace, name, uid, type, reason, message, fieldPath });
    this.wake();
  }

  /** Something that happened to the node itself. */
  nodeEvent(nodeName: string, { type, reason, message }: Omit<PodEvent, "container">): void {
    if (this.events.length >= maxPendingEvents) this.events.shift();
    this.events.push({ namespace: "", name: nodeName, uid: nodeName, type, reason, message, fieldPath: "" });
    this.wake();
  }

  death(pod: Whole<Pod>, flight: ContainerFlight): void {
    const { namespace, name, uid } = pod.metadata;
    if (this.deaths.length >= maxPendingDeaths) this.deaths.shift();
    this.deaths.push({ namespace, name, uid, flight });
    this.wake();
  }

  forget(podUid: string): void {
    this.pods.delete(podUid);
  }

  nodeStatus(report: ReportRequest_NodeReport): void {
    this.node = report;
    this.isNodeDue = true;
    this.wake();
  }

  heartbeat(): void {
    this.isHeartbeatDue = true;
    this.wake();
  }

  acknowledge({ podUid, refused }: ReportResponse_Ack): void {
    const entry = this.pods.get(podUid);
    // A pod that is finished, or is not ours, is of no interest to the server; if it comes back it is reported anew.
    if (refused || (entry?.report.finished === true && entry.dueAtMs === undefined)) this.pods.delete(podUid);
  }

  /** The requests of one session: the greeting, and once `opened` resolves all that is known, then what changes. */
  async *requests(hello: ReportRequest_Hello, opened: Promise<void>, signal: AbortSignal): AsyncGenerator<ReportRequest> {
    let sequence = 1;
    yield { sequence, message: { $case: "hello", value: hello } };
    await opened;
    this.beginSession();
    const stop = (): void => this.wake();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        const message = this.take();
        if (message === undefined) await this.idle(signal);
        else yield { sequence: ++sequence, message };
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  private beginSession(): void {
    const nowMs = this.clock.monotonicMs();
    for (const entry of this.pods.values()) entry.dueAtMs = nowMs;
    this.isNodeDue = this.node !== undefined;
    this.isHeartbeatDue = false;
  }

  /** Heartbeats first: nothing must make a node that lives look dead. Statuses before the events that explain them. */
  private take(): Message | undefined {
    if (this.isHeartbeatDue) {
      this.isHeartbeatDue = false;
      return { $case: "heartbeat", value: {} };
    }
    if (this.isNodeDue && this.node !== undefined) {
      this.isNodeDue = false;
      return { $case: "node", value: this.node };
    }
    const nowMs = this.clock.monotonicMs();
    for (const entry of this.pods.values()) {
      if (entry.dueAtMs === undefined || entry.dueAtMs > nowMs) continue;
      entry.dueAtMs = undefined;
      return { $case: "pod", value: entry.report };
    }
    const event = this.events.shift();
    if (event !== undefined) return { $case: "containerEvent", value: event };
    const death = this.deaths.shift();
    return death === undefined ? undefined : { $case: "containerDeath", value: death };
  }

  private idle(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const due = [...this.pods.values()].map(({ dueAtMs }) => dueAtMs ?? Number.POSITIVE_INFINITY);
      const nextMs = Math.min(...due) - this.clock.monotonicMs();
      const cancel = Number.isFinite(nextMs) ? this.clock.after(nextMs, () => this.wake()) : () => undefined;
      this.wake = () => {
        cancel();
        this.wake = () => undefined;
        resolve();
      };
      if (signal.aborted) this.wake();
    });
  }
}

function gistOf({ status, finished }: ReportRequest_PodReport): string {
  const containers = (status?.containerStatuses ?? []).map(({ name, ready, restartCount, state }) => {
    const word = state?.running ? "running" : (state?.waiting?.reason ?? state?.terminated?.reason);
    return `${name} ${word} ${ready} ${restartCount}`;
  });
  return [status?.phase, finished, ...containers].join("|");
}

/** How Kubernetes points at a container of a pod, as "spec.initContainers{setup}". */
function containerPath({ spec }: Whole<Pod>, container: string): string {
  const isAmong = (containers: readonly { readonly name?: string | undefined }[]): boolean =>
    containers.some(({ name }) => name === container);
  const list = isAmong(spec.initContainers) ? "initContainers" : isAmong(spec.containers) ? "containers" : "ephemeralContainers";
  return `spec.${list}{${container}}`;
}
