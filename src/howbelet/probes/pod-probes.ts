import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodEvent } from "../pods/pod-reporter.js";
import type { ContainerStreams } from "../runtime/container-streams.js";
import { ContainerProbes } from "./container-probes.js";
import type { LastProbe } from "./last-probe.js";
import type { ProbeTarget } from "./probe-target.js";
import type { ProbeVerdict } from "./probe-verdict.js";

export interface PodProbesDeps {
  readonly runtime: { readonly streams: Pick<ContainerStreams, "exec"> };
  readonly clock: Clock;
  readonly log: Log;
  /** The node's address, which is that of pods on its network. */
  readonly hostIp: string;
  readonly event: (pod: Whole<Pod>, event: PodEvent) => void;
  /** The verdict of one of the pod's containers has changed. */
  readonly changed: (podUid: string) => void;
}

const nothingKnown: ProbeVerdict = { isStarted: false, isReady: false, fatal: undefined };

/** Of so many of a pod's containers that are not followed any more are the last results kept. */
const keptResults = 10;

/**
 * The probes of all of a node's running containers. Each container is probed from when it is first followed until it
 * is not among its pod's targets any more; of what is known of it then only the last results are kept, until its pod
 * is released.
 */
export class PodProbes {
  private readonly pods = new Map<string, Map<string, ContainerProbes>>();
  private readonly byContainer = new Map<string, ContainerProbes>();
  /** By pod, of containers that were followed: the last result of each probe, by container. */
  private readonly results = new Map<string, Map<string, readonly LastProbe[]>>();
  private readonly bornAtMs: number;

  constructor(private readonly deps: PodProbesDeps) {
    this.bornAtMs = deps.clock.now();
  }

  /** Probes these containers of the pod, and no others. May be called as often as one likes. */
  follow(pod: Whole<Pod>, targets: readonly ProbeTarget[]): void {
    const { uid } = pod.metadata;
    const present = this.pods.get(uid) ?? new Map<string, ContainerProbes>();
    const wanted = new Set(targets.map(({ id }) => id));
    for (const id of present.keys()) if (!wanted.has(id)) this.drop(uid, id);
    for (const target of targets) {
      let probes = present.get(target.id);
      if (probes === undefined) {
        const wasRunning = target.startedAtMs < this.bornAtMs;
        probes = new ContainerProbes(pod, target, { ...this.deps, wasRunning });
        present.set(target.id, probes);
        this.byContainer.set(target.id, probes);
      }
      probes.follow(pod);
    }
    if (present.size === 0) this.pods.delete(uid);
    else this.pods.set(uid, present);
  }

  /** What is known of a container; it is neither started nor ready while it is not followed. */
  verdictOf(containerId: string): ProbeVerdict {
    return this.byContainer.get(containerId)?.verdict ?? nothingKnown;
  }

  /** The last result of each of the probes of a container of the pod. */
  lastOf(podUid: string, containerId: string): readonly LastProbe[] {
    return this.byContainer.get(containerId)?.last ?? this.results.get(podUid)?.get(containerId) ?? [];
  }

  /** The pod is not to be probed any more. */
  release(podUid: string): void {
    for (const id of [...(this.pods.get(podUid)?.keys() ?? [])]) this.drop(podUid, id);
    this.pods.delete(podUid);
    this.results.delete(podUid);
  }

  private drop(podUid: string, id: string): void {
    const present = this.pods.get(podUid);
    const probes = present?.get(id);
    if (probes === undefined) return;
    probes.stop();
    present?.delete(id);
    this.byContainer.delete(id);
    const results = this.results.get(podUid) ?? new Map<string, readonly LastProbe[]>();
    this.results.set(podUid, results.set(id, probes.last));
    const [oldest] = results.keys();
    if (results.size > keptResults && oldest !== undefined) results.delete(oldest);
  }
}
