import { createHash } from "node:crypto";
import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import { InvariantError } from "../../base/invariant.js";
import type { Log } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { EventAllowance } from "../event-allowance.js";
import type { PodEvent } from "../pods/pod-reporter.js";
import type { ContainerStreams } from "../runtime/container-streams.js";
import { createCheck } from "./container-check.js";
import {
  afterResult,
  type ContainerHealth,
  initialHealth,
  type ProbeKind,
  pendingProbes,
  probeKinds,
  verdictOf,
} from "./container-health.js";
import type { LastProbe } from "./last-probe.js";
import type { ProbeResult } from "./probe-result.js";
import type { ProbeTarget } from "./probe-target.js";
import type { ProbeVerdict } from "./probe-verdict.js";
import { Prober } from "./prober.js";

export interface ContainerProbesDeps {
  readonly runtime: { readonly streams: Pick<ContainerStreams, "exec"> };
  readonly clock: Clock;
  readonly log: Log;
  readonly hostIp: string;
  readonly event: (pod: Whole<Pod>, event: PodEvent) => void;
  readonly changed: (podUid: string) => void;
  /** It ran before this agent did: then probes begin spread over their periods, for there may be many such containers. */
  readonly wasRunning: boolean;
}

/** What fails each second, in words that differ each time, would otherwise fill the store with Events. */
const eventLimits = { burst: 25, refillMs: 60_000 } as const;

/** The probers of one running container, and what they have found. */
export class ContainerProbes {
  private readonly probers = new Map<ProbeKind, Prober>();
  private readonly results = new Map<ProbeKind, LastProbe>();
  private readonly events: EventAllowance;
  private health: ContainerHealth;
  private isFollowed = false;

  constructor(
    private pod: Whole<Pod>,
    private readonly target: ProbeTarget,
    private readonly deps: ContainerProbesDeps,
  ) {
    this.health = initialHealth(target.container, target);
    this.events = new EventAllowance(deps.clock, eventLimits);
  }

  get verdict(): ProbeVerdict {
    const verdict = verdictOf(this.health, this.names.container);
    return this.isDeleted ? { ...verdict, fatal: undefined } : verdict;
  }

  get last(): readonly LastProbe[] {
    return [...this.results.values()];
  }

  /** Lets those probes work that are to, with what is now known of the pod. */
  follow(pod: Whole<Pod>): void {
    this.pod = pod;
    this.startAndStop();
    this.isFollowed = true;
  }

  stop(): void {
    for (const prober of this.probers.values()) prober.stop();
    this.probers.clear();
  }

  private get names(): { readonly pod: string; readonly container: string } {
    return { pod: this.pod.metadata.name, container: this.target.container.name ?? "" };
  }

  private get isDeleted(): boolean {
    return this.pod.metadata.deletionTimestamp !== undefined;
  }

  private startAndStop(): void {
    const pending = pendingProbes(this.health, this.isDeleted);
    for (const kind of probeKinds) {
      const prober = this.probers.get(kind);
      if (pending.includes(kind)) {
        if (prober === undefined) this.probers.set(kind, this.begin(kind));
      } else {
        prober?.stop();
        this.probers.delete(kind);
      }
    }
  }

  private begin(kind: ProbeKind): Prober {
    const probe = this.health[kind]?.probe;
    if (probe === undefined) throw new InvariantError(`container ${this.target.id} has no ${kind} probe`);
    const { runtime, clock, hostIp } = this.deps;
    const { container, id, podIp } = this.target;
    const periodMs = (probe.periodSeconds || 10) * 1000;
    // What has no address of its own is on the node's network.
    const target = { container, id, address: podIp === "" ? hostIp : podIp };
    return new Prober({
      clock,
      firstInMs: this.firstInMs((probe.initialDelaySeconds ?? 0) * 1000, periodMs),
      periodMs,
      check: createCheck(probe, target, { streams: runtime.streams, clock }),
      checked: (result) => this.take(kind, result),
      broken: (error) => this.deps.log.debug("probe could not be made", { ...this.names, probe: kind, error }),
    });
  }

  /** The runtime's wall clock may differ from ours: its word counts only as far as it makes a wait shorter. */
  private firstInMs(delayMs: number, periodMs: number): number {
    const ranForMs = Math.max(0, this.deps.clock.now() - this.target.startedAtMs);
    const restMs = Math.max(0, delayMs - ranForMs);
    // What begins later, as when the container has started, is spread already.
    if (!this.deps.wasRunning || this.isFollowed) return restMs;
    // Whatever the id: the same each time, and different from the others'.
    const spread = createHash("sha256").update(this.target.id).digest().readUInt32BE() / 2 ** 32;
    return Math.max(restMs, spread * periodMs);
  }

  private take(kind: ProbeKind, result: ProbeResult): void {
    const { clock, changed } = this.deps;
    const before = this.verdict;
    this.results.set(kind, { ...result, probe: kind, atMs: clock.now() });
    this.tell(kind, result);
    if (result.outcome === "unknown") return;
    this.health = afterResult(this.health, kind, result.outcome !== "failure");
    this.startAndStop();
    const after = this.verdict;
    const isNews = before.isStarted !== after.isStarted || before.isReady !== after.isReady || before.fatal?.probe !== after.fatal?.probe;
    if (isNews) changed(this.pod.metadata.uid);
  }

  private tell(kind: ProbeKind, { outcome, message }: ProbeResult): void {
    if (outcome === "success" || !this.events.take()) return;
    const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)} probe`;
    const reason = outcome === "warning" ? "ProbeWarning" : "Unhealthy";
    const sentence = { warning: "warning", failure: "failed", unknown: "errored and resulted in unknown state" }[outcome];
    const { container } = this.names;
    this.deps.event(this.pod, { type: "Warning", reason, message: `${name} ${sentence}: ${message}`, container });
  }
}
