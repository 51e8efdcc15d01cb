import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { podInfo } from "../cluster/pod-info.js";
import type { SpecChange } from "../framework/refusal.js";
import { changedPod, inSequence } from "./changed-pod.js";

describe("changedPod", () => {
  const before = podInfo(pod({ name: "web", nodeName: "", requests: { cpu: "2" }, nodeSelector: { disk: "ssd" } }));

  it("works a pod out anew", () => {
    const change: SpecChange = { op: "replace", path: "/spec/containers/0/resources/requests/cpu", value: "500m" };
    expect(changedPod(before, [[change]])?.requests.cpu).to.equal(500);
    expect(before.requests.cpu).to.equal(2_000);
  });

  it("is the same pod to budgets, priorities and itself", () => {
    const changed = changedPod(before, [[{ op: "remove", path: "/spec/nodeSelector/disk" }]]);
    expect([changed?.uid, changed?.priority, changed?.pod.spec.nodeSelector]).to.deep.equal([before.uid, before.priority, {}]);
  });

  it("is nothing when the change does not apply", () => {
    expect(changedPod(before, [[{ op: "remove", path: "/spec/nodeSelector/zone" }]])).to.equal(undefined);
  });

  it("is nothing when no such pod could be made", () => {
    expect(changedPod(before, [[{ op: "replace", path: "/spec/containers", value: [] }]])).to.equal(undefined);
    expect(changedPod(before, [[{ op: "replace", path: "/spec/containers/0/resources/requests/cpu", value: "-1" }]])).to.equal(undefined);
    expect(changedPod(before, [[{ op: "add", path: "/spec/tolerations", value: 5 }]])).to.equal(undefined);
  });

  it("begins a list once that two changes begin", () => {
    const add = (key: string): SpecChange => ({ op: "add", path: "/spec/tolerations", value: [{ key, operator: "Exists" }] });
    expect(inSequence([[add("a")], [add("b")]]).flat()).to.deep.equal([
      add("a"),
      { op: "add", path: "/spec/tolerations/-", value: { key: "b", operator: "Exists" } },
    ]);
    expect(
      changedPod(before, [[add("a")], [add("b")]])
        ?.pod.spec.tolerations.slice(0, 2)
        .map(({ key }) => key),
    ).to.deep.equal(["a", "b"]);
  });

  it("means the items of a list that it names, wherever those before it have gone", () => {
    const spread = pod({ name: "web", nodeName: "" });
    const constraint = (topologyKey: string) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: undefined,
      matchLabelKeys: [],
    });
    spread.spec.topologySpreadConstraints = ["a", "b", "c"].map(constraint);
    const drop = (index: number): SpecChange => ({ op: "remove", path: `/spec/topologySpreadConstraints/${index}` });
    const soften: SpecChange = { op: "replace", path: "/spec/topologySpreadConstraints/2/whenUnsatisfiable", value: "ScheduleAnyway" };
    const left = (...changes: readonly (readonly SpecChange[])[]) =>
      changedPod(podInfo(spread), changes)?.pod.spec.topologySpreadConstraints.map((each) => [each.topologyKey, each.whenUnsatisfiable]);
    expect(left([drop(0)], [drop(1)])).to.deep.equal([["c", "DoNotSchedule"]]);
    expect(left([drop(2)], [drop(0)])).to.deep.equal([["b", "DoNotSchedule"]]);
    expect(left([drop(0)], [drop(1)], [soften])).to.deep.equal([["c", "ScheduleAnyway"]]);
    // Within one patch the operations follow each other already.
    expect(left([drop(1), drop(1)])).to.deep.equal([["a", "DoNotSchedule"]]);
  });

  it("takes no number for a place in a list that is a name", () => {
    const numbered = podInfo(pod({ name: "web", nodeName: "", nodeSelector: { "1": "a", "2": "b", "3": "c" } }));
    const drop = (key: string): SpecChange => ({ op: "remove", path: `/spec/nodeSelector/${key}` });
    expect(changedPod(numbered, [[drop("1")], [drop("3")]])?.pod.spec.nodeSelector).to.deep.equal({ "2": "b" });
  });
});
