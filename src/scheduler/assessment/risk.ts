import type { Clock } from "../../base/clock.js";
import { type AssessRiskResponse, AssessRiskResponse_NodeRisk } from "../../gen/howbernetes/api/v1/scheduling.js";
import type { ClusterView } from "../cluster/cluster-view.js";
import { type PodInfo, schedulerNameOf } from "../cluster/pod-info.js";
import { Decider } from "../cycle/decider.js";
import { unschedulableSentence } from "../cycle/sentence.js";
import { podReference } from "../explanation/placement.js";
import { mayLeave } from "../explanation/pods-to-free.js";
import type { FilterPlugin, Profile } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";
import { ImaginedCluster } from "./imagined-cluster.js";
import { replacementOf, workloadOf } from "./workload.js";

export interface RiskDeps {
  readonly cluster: ClusterView;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly clock: Clock;
}

/** A pod that would find no place, and why. */
interface Stranded {
  readonly pod: PodInfo;
  readonly message: string;
}

// An answer is one message on a stream, of 8 MiB at most: of a full cluster not every pod can be named.
const maxNamedBytes = 4 * 1024 * 1024;

/**
 * Says of each node, or of one, what would not fit elsewhere if it were lost: all its pods are placed again on the others,
 * the most important first, by the same filters and scores as ever, into room that is free. Nobody is preempted for them.
 * Each node is assessed on the cluster as it is when its turn comes. Once so many workloads have been named that an answer
 * holds no more, those of further nodes are counted only.
 */
export async function assessRisk(
  deps: RiskDeps,
  nodeName: string,
  signal: AbortSignal,
  namedBytes = maxNamedBytes,
): Promise<AssessRiskResponse> {
  const all = deps.cluster.nodes().map(({ name }) => name);
  const names = nodeName === "" ? all.sort() : all.filter((name) => name === nodeName);
  const nodes: AssessRiskResponse_NodeRisk[] = [];
  let left = namedBytes;
  for (const name of names) {
    const risk = await riskOf(deps, name, signal);
    left -= AssessRiskResponse_NodeRisk.encode(risk).finish().length;
    nodes.push(left < 0 ? { ...risk, workloads: [] } : risk);
  }
  return { nodes };
}

async function riskOf(deps: RiskDeps, nodeName: string, signal: AbortSignal): Promise<AssessRiskResponse_NodeRisk> {
  const { cluster, profiles, clock } = deps;
  const decider = new Decider({ cluster, clock });
  const lostIn = withoutNode(profiles, nodeName);
  const stranded: Stranded[] = [];
  let moving: PodInfo[] | undefined;
  let at = 0;
  await new ImaginedCluster(cluster, clock).go((change) => {
    if (moving === undefined) {
      const pods = [...(cluster.node(nodeName)?.pods.values() ?? [])];
      moving = pods.filter(mayLeave).sort((a, b) => b.priority - a.priority);
      for (const { uid } of pods) change.remove(uid);
    }
    const pod = moving[at++];
    if (pod === undefined) return false;
    const profile = lostIn.get(schedulerNameOf(pod.pod));
    // Another scheduler's pods are not ours to judge.
    if (profile === undefined) return true;
    const anew = replacementOf(pod);
    const attempt = decider.decide(anew, profile);
    if (attempt.nodeName !== undefined) change.place(anew, attempt.nodeName);
    else {
      const others = [...attempt.refusals].filter(([name]) => name !== nodeName).map(([, refused]) => refused);
      stranded.push({ pod, message: unschedulableSentence(attempt.nodeCount - 1, others) });
    }
    return true;
  }, signal);
  return { nodeName, podCount: moving?.length ?? 0, strandedCount: stranded.length, workloads: byWorkload(stranded) };
}

/** The same profiles, for a cluster without that node. */
function withoutNode(profiles: ReadonlyMap<string, Profile>, nodeName: string): ReadonlyMap<string, Profile> {
  const refused = lastingRefusal("NodeLost", "node(s) were lost");
  const lost: FilterPlugin = {
    name: "NodeLost",
    scope: "cluster",
    prepareFilter: () => ({
      check: ({ name }) => (name === nodeName ? refused : undefined),
      explain: ({ name }) => (name === nodeName ? [{ plugin: "NodeLost", reason: "node(s) were lost", detail: "", remedies: [] }] : []),
    }),
    wakes: {},
  };
  return new Map([...profiles].map(([name, profile]) => [name, { ...profile, filters: [lost, ...profile.filters], rescues: [] }]));
}

function byWorkload(stranded: readonly Stranded[]): AssessRiskResponse_NodeRisk["workloads"] {
  const groups = new Map<string, AssessRiskResponse_NodeRisk["workloads"][number]>();
  for (const { pod, message } of stranded) {
    const owner = workloadOf(pod);
    const key = `${owner.kind}/${owner.namespace}/${owner.name}`;
    const group = groups.get(key) ?? { owner, pods: [], message };
    group.pods.push(podReference(pod));
    groups.set(key, group);
  }
  return [...groups.values()];
}
