import { expect } from "chai";
import { node, pod, replicaSet } from "../../../test/builders/index.js";
import { ownedBy } from "../../../test/builders/replica-set.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { scoresOf } from "../../../test/fakes/scores.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { type PodInfo, podInfo } from "../cluster/pod-info.js";
import { Decider } from "../cycle/decider.js";
import { createDefaultProfile } from "../default-profile.js";
import type { PluginContext } from "../framework/plugin-context.js";
import { createRecentFailures, overridingWeight } from "./recent-failures.js";

describe("RecentFailures", () => {
  const owner = ownedBy(replicaSet({ name: "web" }));
  const next = podInfo(pod({ name: "next", nodeName: "", owner }));
  let state: ClusterState;
  let context: PluginContext;

  beforeEach(() => {
    state = new ClusterState();
    // All that speaks for a node speaks for the first.
    state.setNode(node({ name: "n1", allocatable: { cpu: "64", memory: "256Gi" } }));
    state.setNode(node({ name: "n2", taints: [{ key: "soft", effect: "PreferNoSchedule" }] }));
    context = pluginContext(state);
  });

  const failOn = (nodeName: string) => {
    for (let time = 0; time < 3; time++) context.failureLog.seen(pod({ nodeName, phase: "Failed", owner }), pod({ nodeName, owner }));
  };
  const chosen = () => new Decider({ cluster: state, clock: context.clock }).decide(next, createDefaultProfile(context)).nodeName;
  const scored = (info: PodInfo) => scoresOf(createRecentFailures(context.failureLog), info, state);

  it("has nothing to say where nothing has failed", () => {
    expect([scored(next), chosen()]).to.deep.equal([undefined, "n1"]);
  });

  it("ranks a node last where the workload has just failed, against all that speaks for it", () => {
    failOn("n1");
    expect([scored(next), chosen()]).to.deep.equal([{ n1: 0, n2: 100 }, "n2"]);
  });

  it("refuses no node: where it has failed on all of them, the others decide", () => {
    failOn("n1");
    failOn("n2");
    expect(chosen()).to.equal("n1");
  });

  it("leaves other workloads alone", () => {
    failOn("n1");
    expect(scored(podInfo(pod({ nodeName: "" })))).to.equal(undefined);
  });

  it("weighs more than all others together", () => {
    const plugin = createRecentFailures(context.failureLog);
    expect(
      overridingWeight([
        { plugin, weight: 3 },
        { plugin, weight: 2 },
      ]),
    ).to.equal(6);
  });
});
