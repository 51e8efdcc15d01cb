import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { nodeKind } from "./kind.js";

const errorsOf = (yaml: string): string[] => lines(nodeKind.validate(admitted(nodeKind, yaml)));

describe("Node", () => {
  it("keeps the status that it registers with", () => {
    expect(admitted(nodeKind, "status: { capacity: { cpu: 2 } }").status.capacity.cpu?.string).to.equal("2");
  });

  it("allocates all that it has unless it says less", () => {
    expect(admitted(nodeKind, "status: { capacity: { cpu: 2 } }").status.allocatable.cpu?.string).to.equal("2");
    expect(admitted(nodeKind, "status: { capacity: { cpu: 2 }, allocatable: { cpu: 1 } }").status.allocatable.cpu?.string).to.equal("1");
  });

  it("keeps both forms of the pods' network in step", () => {
    expect(admitted(nodeKind, "spec: { podCIDR: 10.1.0.0/24 }").spec.podCIDRs).to.deep.equal(["10.1.0.0/24"]);
    expect(admitted(nodeKind, "spec: { podCIDRs: [10.1.0.0/24] }").spec.podCIDR).to.equal("10.1.0.0/24");
  });

  const cases: readonly (readonly [yaml: string, errors: readonly string[]])[] = [
    ["spec: { taints: [{ key: a, effect: NoSchedule }, { key: a, effect: NoExecute, value: b }] }", []],
    ["spec: { taints: [{ key: a }] }", ["spec.taints[0].effect: Required value"]],
    [
      "spec: { taints: [{ key: a, effect: Never }] }",
      ['spec.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'],
    ],
    [
      "spec: { taints: [{ key: a, effect: NoExecute }, { key: a, effect: NoExecute, value: b }] }",
      ['spec.taints[1]: Duplicate value: {"key":"a","value":"b","effect":"NoExecute"}: taints must be unique by key and effect pair'],
    ],
    [
      "spec: { podCIDRs: [10.1.0.0] }",
      ['spec.podCIDRs[0]: Invalid value: "10.1.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    ],
    [
      "spec: { podCIDR: 10.2.0.0/24, podCIDRs: [10.1.0.0/24] }",
      ['spec.podCIDR: Invalid value: "10.2.0.0/24": must be the first of `podCIDRs`'],
    ],
    ["spec: { podPreemptionPolicy: {} }", ["spec.podPreemptionPolicy: Forbidden: not honoured by howbernetes yet"]],
    ["spec: { configSource: {} }", ["spec.configSource: Forbidden: configSource may not be set"]],
    [
      "status: { capacity: { cpu: -1 }, allocatable: { cpu: 0 } }",
      ['status.capacity[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ],
  ];
  for (const [yaml, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${yaml}`, () => {
      expect(errorsOf(yaml)).to.deep.equal(errors);
    });
  }

  it("refuses keys of taints that are no qualified names", () => {
    expect(errorsOf("spec: { taints: [{ key: a b, effect: NoExecute }] }")[0]).to.match(/^spec\.taints\[0\]\.key: Invalid value: "a b"/);
  });

  const updates: readonly { it: string; from: string; to: string; errors: readonly string[] }[] = [
    { it: "takes a first network", from: "{}", to: "{ podCIDR: 10.1.0.0/24, providerID: a, unschedulable: true }", errors: [] },
    {
      it: "keeps its network",
      from: "{ podCIDR: 10.1.0.0/24 }",
      to: "{ podCIDR: 10.2.0.0/24 }",
      errors: ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
    },
    {
      it: "keeps its provider's id",
      from: "{ providerID: a }",
      to: "{}",
      errors: ['spec.providerID: Forbidden: node updates may not change providerID except from "" to valid'],
    },
  ];
  for (const { it: does, from, to, errors } of updates) {
    it(does, () => {
      const next = admitted(nodeKind, `spec: ${to}`);
      expect(lines(nodeKind.validateUpdate(next, admitted(nodeKind, `spec: ${from}`)))).to.deep.equal(errors);
    });
  }

  it("keeps its status when the spec is written", () => {
    const previous = admitted(nodeKind, "status: { capacity: { cpu: 2 } }");
    const next = admitted(nodeKind, "spec: { unschedulable: true }");
    nodeKind.prepareForUpdate(next, previous);
    expect(next.status).to.deep.equal(previous.status);
    expect(next.spec.unschedulable).to.equal(true);
  });

  it("refuses one address twice", () => {
    const status = "status: { addresses: [{ type: InternalIP, address: 10.0.0.1 }, { type: InternalIP, address: 10.0.0.1 }] }";
    const node = admitted(nodeKind, status);
    expect(lines(nodeKind.validateStatusUpdate?.(node, node) ?? [])).to.deep.equal([
      'status.addresses[1]: Duplicate value: {"type":"InternalIP","address":"10.0.0.1"}',
    ]);
  });
});

describe("columns of nodes", () => {
  const cells = (yaml: string): Record<string, string> => {
    const node = admitted(nodeKind, yaml);
    return Object.fromEntries(nodeKind.columns.map(({ name, cell }) => [name, cell(node, 0)]));
  };

  it("show what is not known", () => {
    expect(cells("metadata: { name: n1 }")).to.deep.equal({
      NAME: "n1",
      STATUS: "Unknown",
      ROLES: "<none>",
      AGE: "<unknown>",
      VERSION: "",
      "INTERNAL-IP": "<none>",
      "EXTERNAL-IP": "<none>",
      "OS-IMAGE": "<unknown>",
      "KERNEL-VERSION": "<unknown>",
      "CONTAINER-RUNTIME": "<unknown>",
    });
  });

  it("show what is", () => {
    const node = cells(`
metadata:
  labels: { node-role.kubernetes.io/worker: "", node-role.kubernetes.io/control-plane: "", kubernetes.io/role: edge }
status:
  conditions: [{ type: Ready, status: "True" }]
  addresses: [{ type: InternalIP, address: 10.0.0.1 }, { type: ExternalIP, address: 1.2.3.4 }]
  nodeInfo: { kubeletVersion: v0.1.0, osImage: Debian, kernelVersion: "6.1", containerRuntimeVersion: "docker://20.10" }
`);
    expect(node).to.include({
      STATUS: "Ready",
      ROLES: "control-plane,edge,worker",
      VERSION: "v0.1.0",
      "INTERNAL-IP": "10.0.0.1",
      "EXTERNAL-IP": "1.2.3.4",
      "OS-IMAGE": "Debian",
      "KERNEL-VERSION": "6.1",
      "CONTAINER-RUNTIME": "docker://20.10",
    });
  });

  const words: readonly (readonly [string, string])[] = [
    ['status: { conditions: [{ type: Ready, status: "False" }] }', "NotReady"],
    ["status: { conditions: [{ type: Ready, status: Unknown }] }", "NotReady"],
    ['spec: { unschedulable: true }, status: { conditions: [{ type: Ready, status: "True" }] }', "Ready,SchedulingDisabled"],
    ["spec: { unschedulable: true }", "Unknown,SchedulingDisabled"],
  ];
  for (const [fields, word] of words) {
    it(`show ${word}`, () => {
      expect(cells(`{ ${fields} }`).STATUS).to.equal(word);
    });
  }
});
