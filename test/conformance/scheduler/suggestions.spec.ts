import { expect } from "chai";
import type { Change, Suggestion } from "../../../src/gen/howbernetes/placement/v1/placement_record.js";
import { ClusterState } from "../../../src/scheduler/cluster/cluster-state.js";
import { type PodInfo, podInfo } from "../../../src/scheduler/cluster/pod-info.js";
import { createDefaultProfile } from "../../../src/scheduler/default-profile.js";
import { livePlacement } from "../../../src/scheduler/explanation/live-placement.js";
import type { RemedyChange } from "../../../src/scheduler/framework/refusal.js";
import { type NodeOptions, node, type PodOptions, pod } from "../../builders/index.js";
import { applyRemedy } from "../../fakes/apply-remedy.js";
import { FakeClock } from "../../fakes/fake-clock.js";
import { pluginContext } from "../../fakes/plugin-context.js";
import { randomOf } from "../../fakes/seeded-random.js";

/** A cluster that has no room for a pod, or may have none. */
interface Situation {
  readonly nodes: readonly NodeOptions[];
  readonly placed: readonly PodOptions[];
  readonly pod: PodOptions;
}

const rounds = 400;

function situation(random: () => number): Situation {
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const gpu = { key: "gpu", value: "yes", effect: "NoSchedule" };
  const team = { key: "team", effect: "NoExecute" };
  const nodes = Array.from({ length: pick(1, 2, 4) }, (_, index) => ({
    name: `n${index}`,
    labels: { "kubernetes.io/hostname": `n${index}`, zone: pick("a", "b"), ...pick({}, { disk: "ssd" }, { disk: "hdd" }) },
    taints: pick([], [], [gpu], [gpu, team]),
    unschedulable: pick(false, false, true),
    allocatable: { cpu: pick("2", "4"), memory: "4Gi", pods: pick("3", "110") },
  }));
  const options = () => ({
    requests: { cpu: pick("500m", "1", "2"), memory: pick("512Mi", "2Gi") },
    labels: { app: pick("web", "db") },
    spec: { priority: pick(0, 10) },
  });
  const placed = Array.from({ length: pick(0, 3, 8) }, (_, index) => ({
    ...options(),
    name: `p${index}`,
    uid: `p${index}`,
    nodeName: `n${Math.floor(random() * nodes.length)}`,
    ...pick({}, { hostPort: 80 }),
  }));
  const wanted = {
    ...options(),
    nodeSelector: pick<Readonly<Record<string, string>>>({}, { disk: "ssd" }, { disk: "ssd", zone: "a" }),
    tolerations: pick([], [{ key: "gpu", operator: "Exists" }]),
    ...pick({}, { hostPort: 80 }),
  };
  return { nodes, placed, pod: wanted };
}

function build({ nodes, placed, pod: options }: Situation): { readonly state: ClusterState; readonly wanted: PodInfo } {
  const state = new ClusterState();
  for (const each of nodes) state.setNode(node(each));
  for (const each of placed) state.bound(podInfo(pod(each)), each.nodeName ?? "");
  return { state, wanted: podInfo(pod({ name: "new", uid: "new", nodeName: "", ...options })) };
}

async function ask(state: ClusterState, wanted: PodInfo) {
  const clock = new FakeClock();
  const profile = createDefaultProfile(pluginContext(state, clock));
  return await livePlacement({ pod: wanted, profile, cluster: state, clock }, new AbortController().signal);
}

/** Does to a cluster, or to the pod, what a change says that somebody was told. */
function carryOut({ kind, nodeName = "", patch = "[]", command, remove }: Change, state: ClusterState, wanted: PodInfo): PodInfo {
  const changes: Readonly<Record<string, RemedyChange>> = {
    pod: { kind: "pod", patch: JSON.parse(patch) },
    node: { kind: "node", node: nodeName, command },
    pods: { kind: "pods", node: nodeName, remove },
    // Room is made by those leaving that are named.
    free: { kind: "pods", node: nodeName, remove },
  };
  const change = changes[kind ?? ""];
  if (change === undefined) throw new Error(`there is no ${kind}`);
  return applyRemedy({ change }, state, wanted);
}

describe("what is suggested to a pod that waits", () => {
  const failing = (suggestion: Suggestion, seed: number): string => `seed ${seed}: ${suggestion.text}`;

  it(`lets it be placed when it is done, in ${rounds} clusters`, async function () {
    this.timeout(60_000);
    let told = 0;
    let without = 0;
    for (let seed = 1; seed <= rounds; seed++) {
      const made = situation(randomOf(seed));
      const { state, wanted } = build(made);
      const { feasibleCount, suggestions } = await ask(state, wanted);
      if (feasibleCount === 0 && suggestions.length === 0) without++;
      if ((feasibleCount ?? 0) > 0) expect(suggestions, `seed ${seed}`).to.deep.equal([]);
      for (const suggestion of suggestions) {
        const { state: changed, wanted: before } = build(made);
        const after = suggestion.changes.reduce((info, change) => carryOut(change, changed, info), before);
        const then = await ask(changed, after);
        expect(then.feasibleCount, failing(suggestion, seed)).to.be.greaterThan(0);
        told++;
      }
    }
    expect(told).to.be.greaterThan(rounds / 2);
    // Where only the more important could leave.
    expect(without).to.be.within(1, rounds / 4);
  });
});
