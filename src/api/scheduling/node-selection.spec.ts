import { expect } from "chai";
import { node } from "../../../test/builders/index.js";
import { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { NodeAffinity, type NodeSelectorTerm } from "../../gen/howbernetes/core/v1/scheduling.js";
import { admitsNode, nodePreference } from "./node-selection.js";

const fast = node({ name: "fast", labels: { disk: "ssd", cores: "16" } });
type Term = { [Field in keyof NodeSelectorTerm]?: { key: string; operator: string; values?: string[] }[] };
const requiring = (...nodeSelectorTerms: Term[]): PodSpec =>
  PodSpec.fromPartial({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } });
const onLabel = (key: string, operator: string, ...values: string[]): Term => ({ matchExpressions: [{ key, operator, values }] });
const onName = (operator: string, name: string): Term => ({ matchFields: [{ key: "metadata.name", operator, values: [name] }] });

describe("admitsNode", () => {
  const cases: readonly { it: string; spec: PodSpec; admits: boolean }[] = [
    { it: "admits every node without a wish", spec: PodSpec.fromPartial({}), admits: true },
    { it: "wants every label of the nodeSelector", spec: PodSpec.fromPartial({ nodeSelector: { disk: "ssd", zone: "a" } }), admits: false },
    { it: "takes a label of the nodeSelector at its value", spec: PodSpec.fromPartial({ nodeSelector: { disk: "ssd" } }), admits: true },
    { it: "In finds a value", spec: requiring(onLabel("disk", "In", "hdd", "ssd")), admits: true },
    { it: "In misses a value", spec: requiring(onLabel("disk", "In", "hdd")), admits: false },
    { it: "NotIn holds where the label is not", spec: requiring(onLabel("gpu", "NotIn", "none")), admits: true },
    { it: "Exists wants the label", spec: requiring(onLabel("gpu", "Exists")), admits: false },
    { it: "DoesNotExist does not", spec: requiring(onLabel("gpu", "DoesNotExist")), admits: true },
    { it: "Gt compares numbers", spec: requiring(onLabel("cores", "Gt", "9")), admits: true },
    { it: "Lt compares numbers", spec: requiring(onLabel("cores", "Lt", "16")), admits: false },
    { it: "finds a node by its name", spec: requiring(onName("In", "fast")), admits: true },
    { it: "misses a node by its name", spec: requiring(onName("In", "slow")), admits: false },
    { it: "leaves out a node by its name", spec: requiring(onName("NotIn", "fast")), admits: false },
    { it: "takes one term of several", spec: requiring(onName("In", "slow"), onLabel("disk", "Exists")), admits: true },
    { it: "wants all of a term", spec: requiring({ ...onName("In", "slow"), ...onLabel("disk", "Exists") }), admits: false },
    { it: "an empty term chooses nothing", spec: requiring({}), admits: false },
    { it: "no terms choose nothing", spec: requiring(), admits: false },
  ];
  for (const { it: does, spec, admits } of cases) {
    it(does, () => expect(admitsNode(spec, fast)).to.equal(admits));
  }

  it("wants both the nodeSelector and the affinity", () => {
    const spec = { ...requiring(onLabel("disk", "Exists")), nodeSelector: { zone: "a" } };
    expect(admitsNode(spec, fast)).to.equal(false);
  });
});

describe("nodePreference", () => {
  const prefers = (...weighted: readonly (readonly [number, Term])[]): PodSpec => {
    const preferred = weighted.map(([weight, preference]) => ({ weight, preference }));
    return PodSpec.fromPartial({
      affinity: { nodeAffinity: NodeAffinity.fromPartial({ preferredDuringSchedulingIgnoredDuringExecution: preferred }) },
    });
  };
  const cases: readonly { it: string; spec: PodSpec; share: number }[] = [
    { it: "is nothing without wishes", spec: PodSpec.fromPartial({}), share: 0 },
    { it: "is all when all match", spec: prefers([10, onLabel("disk", "Exists")]), share: 1 },
    { it: "is the share of the weights", spec: prefers([25, onLabel("disk", "Exists")], [75, onLabel("gpu", "Exists")]), share: 0.25 },
  ];
  for (const { it: does, spec, share } of cases) {
    it(does, () => expect(nodePreference(spec, fast)).to.equal(share));
  }
});
