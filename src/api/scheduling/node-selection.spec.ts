import { expect } from "chai";
import { node } from "../../../test/builders/index.js";
import { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { NodeAffinity, type NodeSelectorTerm } from "../../gen/howbernetes/core/v1/scheduling.js";
import { admitsNode, compilePreference } from "./node-selection.js";

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

describe("compilePreference", () => {
  const prefers = (...weighted: readonly (readonly [number, Term])[]): NodeAffinity =>
    NodeAffinity.fromPartial({
      preferredDuringSchedulingIgnoredDuringExecution: weighted.map(([weight, preference]) => ({ weight, preference })),
    });
  const cases: readonly { it: string; affinity: NodeAffinity | undefined; sum: number | undefined }[] = [
    { it: "is nothing without affinity", affinity: undefined, sum: undefined },
    { it: "is nothing without wishes", affinity: prefers(), sum: undefined },
    { it: "is the weight of what matches", affinity: prefers([25, onLabel("disk", "Exists")], [75, onLabel("gpu", "Exists")]), sum: 25 },
    { it: "adds up weights", affinity: prefers([25, onLabel("disk", "Exists")], [7, onName("In", "fast")]), sum: 32 },
    { it: "an empty term is no wish for every node", affinity: prefers([25, {}]), sum: 0 },
  ];
  for (const { it: does, affinity, sum } of cases) {
    it(does, () => expect(compilePreference(affinity)?.(fast)).to.equal(sum));
  }
});
