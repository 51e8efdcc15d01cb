import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { decodeWhole } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { formatKey, keyOf, type Whole } from "../../src/api/object.js";
import { systemClock } from "../../src/base/clock.js";
import type { InformerHandler } from "../../src/client/contracts.js";
import { ObjectCache } from "../../src/client/object-cache.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { ClusterState } from "../../src/scheduler/cluster/cluster-state.js";
import { FailureLog } from "../../src/scheduler/cluster/failure-log.js";
import { PodShapes } from "../../src/scheduler/cluster/pod-shapes.js";
import { Decider } from "../../src/scheduler/cycle/decider.js";
import { createDefaultProfile } from "../../src/scheduler/default-profile.js";
import type { Profile } from "../../src/scheduler/framework/plugin.js";
import { SchedulingQueue } from "../../src/scheduler/queue/scheduling-queue.js";
import { watchPods } from "../../src/scheduler/watches.js";
import { pod } from "../../test/builders/pod.js";
import { boundPod, nodeName, podEntry, readyNode } from "./entries.js";
import { defaultPod, type PodTemplate } from "./templates.js";

/** How large a cluster, and how many pods. */
export interface CoreSettings {
  readonly nodes: number;
  /** Pods that are bound before. */
  readonly warm: number;
  /** Pods that are measured. */
  readonly pods: number;
  readonly template?: PodTemplate | undefined;
}

/** What came of it. */
export interface CoreResult {
  readonly podsPerSecond: number;
  /** The same by the processor's time, which other programs on the machine take nothing of. */
  readonly podsPerCpuSecond: number;
  readonly placed: number;
  readonly decisionMicros: { readonly median: number; readonly p99: number };
  /** Of the warm pods, with what the informer's cache and the state keep of each. */
  readonly heapBytesPerPod: number;
  readonly heapBytes: number;
}

/**
 * The scheduler's core alone, on one core, without a network: the informer's cache, queue, decisions and the cluster's
 * state, from a pod's being seen to its being seen bound.
 */
class Core {
  private readonly state = new ClusterState();
  private readonly shapes = new PodShapes();
  private readonly cache = new ObjectCache<Pod>({});
  private readonly profile: Profile;
  private readonly queue: SchedulingQueue;
  private readonly decider = new Decider({ cluster: this.state, clock: systemClock });
  private readonly handler: Required<InformerHandler<Pod>>;

  constructor(nodes: number) {
    const failureLog = new FailureLog(systemClock);
    const context = { cluster: this.state, observe: this.state.observe.bind(this.state), failureLog, clock: systemClock };
    this.profile = createDefaultProfile(context);
    const hints = new Map(this.profile.filters.map(({ name, wakes }) => [name, wakes]));
    this.queue = new SchedulingQueue({ clock: systemClock, hintsOf: (_pod, plugin) => hints.get(plugin), isGated: () => false });
    const targets = { state: this.state, queue: this.queue, isMine: () => true };
    this.handler = watchPods({ ...targets, info: (seen) => this.shapes.info(seen) }) as Required<InformerHandler<Pod>>;
    this.state.setNamespace("default", {});
    for (let index = 0; index < nodes; index++) this.state.setNode(readyNode(index));
  }

  /** As the informer does with what comes over the wire. */
  see(seen: Whole<Pod>): void {
    const kept = this.shapes.keep(seen);
    const key = formatKey(keyOf(kept));
    const previous = this.cache.get(key);
    this.cache.set(key, kept);
    if (previous === undefined) this.handler.added(kept);
    else this.handler.updated(kept, previous);
  }

  /** Places all that wait. @returns how long each decision took, in milliseconds, of those placed */
  placeAll(): number[] {
    const durations: number[] = [];
    for (let queued = this.queue.tryNext(); queued !== undefined; queued = this.queue.tryNext()) {
      const attempt = this.decider.decide(queued.pod, this.profile);
      const { nodeName: chosen } = attempt;
      if (chosen === undefined) {
        this.queue.suspend(queued, new Set([...attempt.tally.keys()].map(({ plugin }) => plugin)));
        continue;
      }
      durations.push(attempt.durationMs);
      this.state.assume(queued.pod, chosen);
      this.queue.notify({ kind: "podPlaced", pod: queued.pod, nodeName: chosen });
      this.see(bound(queued.pod.pod, chosen));
    }
    return durations;
  }

  close(): void {
    this.queue.close();
  }
}

function bound(object: Whole<Pod>, chosen: string): Whole<Pod> {
  return { ...object, metadata: { ...object.metadata, resourceVersion: "2" }, spec: { ...object.spec, nodeName: chosen } };
}

/** Measures one cluster. */
export function runCore({ nodes, warm, pods, template = defaultPod }: CoreSettings): CoreResult {
  const core = new Core(nodes);
  const before = heapBytes();
  for (let index = 0; index < warm; index++) core.see(fromWire(boundPod(defaultPod, "default", index, nodeName(index % nodes))));
  const after = heapBytes();
  for (let index = 0; index < pods; index++) {
    core.see(fromWire(pod({ ...template, name: `measured-${index}`, uid: `measured-${index}`, namespace: "default", nodeName: "" })));
  }
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  const durations = core.placeAll().sort((a, b) => a - b);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedMs) / 1000;
  core.close();
  return {
    podsPerSecond: Math.round(durations.length / seconds),
    podsPerCpuSecond: Math.round((durations.length * 1e6) / (user + system)),
    placed: durations.length,
    decisionMicros: { median: microsAt(durations, 0.5), p99: microsAt(durations, 0.99) },
    heapBytesPerPod: warm === 0 ? 0 : Math.round((after - before) / warm),
    heapBytes: after,
  };
}

const microsAt = (sorted: readonly number[], share: number): number => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 1000);

/** As it is after having come over the wire: with strings of its own. */
const fromWire = (object: Whole<Pod>): Whole<Pod> => decodeWhole(podKind, podEntry(object).value);

function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}
