import { expect } from "chai";
import { makeWhole } from "../../api/codec/whole.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { ReportRequest_NodeReport } from "../../gen/howbernetes/api/v1/nodes.js";
import { differsFromReport, mergeNodeReport } from "./node-report-merge.js";

describe("mergeNodeReport", () => {
  const report = (partial: object): ReportRequest_NodeReport => ReportRequest_NodeReport.fromPartial(partial);
  const node = (partial: object) => makeWhole(nodeKind, { metadata: { name: "n1" }, ...partial });

  it("takes over what the machine is, and keeps what it is not the machine's to say", () => {
    const draft = node({ spec: { unschedulable: true, podCIDR: "10.0.0.0/24" }, status: { phase: "x", volumesInUse: ["v"] } });
    mergeNodeReport(
      draft,
      report({
        status: {
          capacity: { cpu: { string: "2" } },
          nodeInfo: { architecture: "amd64" },
          addresses: [{ type: "Hostname", address: "h" }],
        },
      }),
      0,
    );

    expect(draft.spec).to.include({ unschedulable: true, podCIDR: "10.0.0.0/24" });
    expect(draft.status.capacity.cpu?.string).to.equal("2");
    expect(draft.status.nodeInfo?.architecture).to.equal("amd64");
    expect(draft.status.addresses[0]?.address).to.equal("h");
    expect(draft.status.volumesInUse).to.deep.equal(["v"]);
  });

  it("keeps resources that the machine knows nothing of, and no others that it tells of no more", () => {
    const had = { cpu: { string: "1" }, "hugepages-2Mi": { string: "4Mi" }, "example.com/gpu": { string: "2" } };
    const draft = node({ status: { capacity: had, allocatable: had } });
    mergeNodeReport(draft, report({ status: { capacity: { cpu: { string: "4" } }, allocatable: { cpu: { string: "3" } } } }), 0);

    expect(draft.status.capacity).to.deep.equal({ cpu: { string: "4" }, "example.com/gpu": { string: "2" } });
    expect(draft.status.allocatable).to.deep.equal({ cpu: { string: "3" }, "example.com/gpu": { string: "2" } });
  });

  it("merges conditions by type", () => {
    const draft = node({
      status: {
        conditions: [
          { type: "NetworkUnavailable", status: "False" },
          { type: "Ready", status: "Unknown" },
        ],
      },
    });
    mergeNodeReport(draft, report({ status: { conditions: [{ type: "Ready", status: "True" }] } }), 9_000);

    expect(draft.status.conditions.map(({ type, status }) => `${type}=${status}`)).to.deep.equal([
      "NetworkUnavailable=False",
      "Ready=True",
    ]);
    expect(draft.status.conditions[1]?.lastTransitionTime?.seconds).to.equal(9);
  });

  it("takes labels that describe a machine, and no others", () => {
    const draft = node({ metadata: { name: "n1", labels: { team: "a", "kubernetes.io/os": "plan9" } } });
    const labels = {
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "arm64",
      "node.kubernetes.io/instance-type": "small",
      team: "b",
      "node-role.kubernetes.io/control-plane": "",
      "node-restriction.kubernetes.io/secure": "yes",
    };
    mergeNodeReport(draft, report({ labels }), 0);

    expect(draft.metadata.labels).to.deep.equal({
      team: "a",
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "arm64",
      "node.kubernetes.io/instance-type": "small",
    });
  });

  const comparisons = [
    { it: "sees that a controller has judged otherwise", shown: "Unknown", reported: "True", differs: true },
    { it: "sees that nothing has changed", shown: "True", reported: "True", differs: false },
  ];
  for (const { it: does, shown, reported, differs } of comparisons) {
    it(does, () => {
      const current = node({
        status: {
          conditions: [
            { type: "Ready", status: shown },
            { type: "Other", status: "False" },
          ],
        },
      });
      expect(differsFromReport(current, report({ status: { conditions: [{ type: "Ready", status: reported }] } }))).to.equal(differs);
    });
  }
});
