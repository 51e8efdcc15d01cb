import { abortable } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { NodeStatistics } from "../../gen/howbernetes/api/v1/metrics.js";
import { Limiter } from "../limiter.js";
import type { ContainerStatistics } from "../runtime/container-statistics.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { type MeasuredContainer, minWindowMs, type UsageSample, usageBetween } from "./usage-between.js";

/** A rate is taken over about this long where it is asked for again and again, as metrics-server does it. */
const windowMs = 15_000;
/** What is older tells nothing of the present. */
const forgottenAfterMs = 60_000;
/** Measurements at once: an engine that must be asked takes a while for each. */
const measurementsAtOnce = 8;

export interface UsageSamplerDeps {
  readonly statistics: ContainerStatistics;
  /** All containers of the node, as last seen. */
  readonly containers: () => readonly ContainerSnapshot[];
  readonly clock: Clock;
  /** Fires when the agent ends. */
  readonly lifetime: AbortSignal;
}

/**
 * Tells what the node's containers use, measured when somebody asks and only then: an idle node is not looked at. Who asks
 * first waits a second, since a rate takes two looks; who asks often gets it over about 15 s. Those that ask at
 * the same time share the answer.
 */
export class UsageSampler {
  /** The oldest first. */
  private samples: readonly UsageSample[] = [];
  private reading: Promise<NodeStatistics> | undefined;
  private readonly measurements = new Limiter(measurementsAtOnce);

  constructor(private readonly deps: UsageSamplerDeps) {}

  /** @throws RuntimeError Unavailable; an abort error when `signal` fires */
  async read(signal: AbortSignal): Promise<NodeStatistics> {
    this.reading ??= this.readNow().finally(() => {
      this.reading = undefined;
    });
    return abortable(this.reading, signal);
  }

  private async readNow(): Promise<NodeStatistics> {
    const { clock, lifetime } = this.deps;
    this.samples = this.samples.filter(({ takenAtMs }) => clock.monotonicMs() - takenAtMs < forgottenAfterMs);
    const last = this.samples.at(-1) ?? (await this.measure());
    const restMs = last.takenAtMs + minWindowMs - clock.monotonicMs();
    if (restMs > 0) {
      const base = this.baseOf(last);
      if (base !== last) return usageBetween(base, last);
      await clock.sleep(restMs, lifetime);
    }
    const now = await this.measure();
    return usageBetween(this.baseOf(now), now);
  }

  /** The newest sample that is a whole window old, else the oldest there is. Older ones have served. */
  private baseOf(now: UsageSample): UsageSample {
    const settled = this.samples.filter(({ takenAtMs }) => now.takenAtMs - takenAtMs >= windowMs).at(-1);
    const base = settled ?? this.samples[0] ?? now;
    this.samples = this.samples.slice(Math.max(0, this.samples.indexOf(base)));
    return base;
  }

  private async measure(): Promise<UsageSample> {
    const { statistics, containers, clock, lifetime } = this.deps;
    const running = containers().filter(({ phase, identity }) => phase === "running" && identity.kind !== "sandbox");
    const [machine, measured] = await Promise.all([
      statistics.machine(lifetime),
      Promise.all(running.map((snapshot) => this.measurements.run(0, lifetime, () => this.measureOne(snapshot)))),
    ]);
    const sample = {
      takenAtMs: clock.monotonicMs(),
      measuredAtMs: clock.now(),
      containers: new Map(measured.flatMap((each) => (each === undefined ? [] : [each]))),
      machine,
    };
    this.samples = [...this.samples, sample];
    return sample;
  }

  private async measureOne({ id, identity, startedAtMs }: ContainerSnapshot): Promise<[string, MeasuredContainer] | undefined> {
    const usage = await this.deps.statistics.usageOf(id, this.deps.lifetime);
    if (usage === undefined) return undefined;
    return [id, { podUid: identity.podUid, container: identity.container, startedAtMs: startedAtMs ?? usage.measuredAtMs, usage }];
  }
}
