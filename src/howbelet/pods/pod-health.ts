import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { isUp } from "../planning/container-health.js";
import { membersOf, type ObservedPod, runningSandbox } from "../planning/observed-pod.js";
import type { PodProbes } from "../probes/pod-probes.js";
import type { ProbeTarget } from "../probes/probe-target.js";
import type { ProbeVerdict } from "../probes/probe-verdict.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { containersOf, isSidecar } from "./pod-containers.js";
import { recordOf } from "./pod-records.js";
import type { PodState } from "./pod-state.js";

export interface PodHealthDeps {
  readonly probes: Pick<PodProbes, "follow" | "verdictOf" | "release">;
  readonly hostIp: string;
}

/** Has a pod's running containers probed, and remembers what the probes say of them. */
export class PodHealth {
  constructor(private readonly deps: PodHealthDeps) {}

  /** What the probes say now of those that are up and can be probed, by id. */
  follow(pod: Whole<Pod>, observed: ObservedPod, state: PodState): ReadonlyMap<string, ProbeVerdict> {
    const { probes, hostIp } = this.deps;
    const podIp = pod.spec.hostNetwork === true ? hostIp : (runningSandbox(observed)?.ip ?? "");
    const targets = targetsOf(pod, observed, { state, podIp });
    probes.follow(pod, targets);
    const verdicts = new Map<string, ProbeVerdict>();
    for (const { id, container } of targets) {
      const verdict = probes.verdictOf(id);
      verdicts.set(id, verdict);
      remember(state, container.name ?? "", { containerId: id, isStarted: verdict.isStarted, isReady: verdict.isReady });
    }
    return verdicts;
  }

  release(podUid: string): void {
    this.deps.probes.release(podUid);
  }
}

interface TargetContext {
  readonly state: PodState;
  readonly podIp: string;
}

/** Those with probes: what comes to its end has none, and what has none need not be followed. */
function targetsOf(pod: Whole<Pod>, observed: ObservedPod, { state, podIp }: TargetContext): readonly ProbeTarget[] {
  const running = membersOf(observed).filter((snapshot) => isUp(snapshot, { pod, records: state.records }));
  return containersOf(pod).flatMap(({ container, kind }) => {
    const isProbed = kind === "app" || (kind === "init" && isSidecar(container));
    const { livenessProbe, readinessProbe, startupProbe } = container;
    if (!isProbed || (livenessProbe ?? readinessProbe ?? startupProbe) === undefined) return [];
    const snapshot = running.find(({ identity }) => identity.container === container.name);
    if (snapshot === undefined) return [];
    const { id, startedAtMs = 0 } = snapshot;
    return [{ container, id, podIp, startedAtMs, ...knownHealth(snapshot, pod, state) }];
  });
}

/** What was known of this very container before: by the checkpoint, or else by what the api-server was told. */
function knownHealth(
  { id, identity }: ContainerSnapshot,
  { status }: Whole<Pod>,
  state: PodState,
): { wasStarted: boolean; wasReady: boolean } {
  const { health } = recordOf(state.records, identity.container);
  if (health?.containerId === id) return { wasStarted: health.isStarted, wasReady: health.isReady };
  const told = [...status.initContainerStatuses, ...status.containerStatuses].find((each) => isOf(each, id));
  return { wasStarted: told?.started ?? false, wasReady: told?.ready ?? false };
}

function isOf({ containerID = "" }: ContainerStatus, id: string): boolean {
  return containerID.endsWith(`://${id}`);
}

function remember(state: PodState, name: string, health: NonNullable<ReturnType<typeof recordOf>["health"]>): void {
  const before = recordOf(state.records, name).health;
  const isSame = before?.containerId === health.containerId && before.isStarted === health.isStarted && before.isReady === health.isReady;
  if (!isSame) state.setRecord(name, { health });
}
