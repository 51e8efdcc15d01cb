import { expect } from "chai";
import { node, type PodOptions, pod } from "../../../test/builders/index.js";
import { FilterTrial, filterCases } from "../../../test/fakes/filter-trial.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import { podInfo } from "../cluster/pod-info.js";
import { nodePorts } from "./node-ports.js";

interface Port {
  readonly hostPort: number;
  readonly hostIP?: string;
  readonly protocol?: string;
}
const ports = (...all: Port[]): PodOptions => ({
  spec: {
    containers: [Container.fromPartial({ name: "main", ports: all.map((port) => ({ containerPort: 80, protocol: "TCP", ...port })) })],
  },
});
const reasons = ["node(s) didn't have free ports for the requested pod ports"];

describe("NodePorts", () => {
  filterCases(
    () => nodePorts,
    [
      { it: "has nothing to say of pods without host ports", placed: [{ hostPort: 80 }] },
      { it: "admits a port that is free", placed: [{ hostPort: 81 }], pod: { hostPort: 80 } },
      {
        it: "refuses a port that is taken",
        placed: [{ hostPort: 80 }, { hostPort: 81 }],
        pod: { hostPort: 80 },
        reasons,
        details: ["host port 80/TCP is taken by default/p0"],
        remedies: [["use another host port than 80, as 82", "remove pod default/p0 from n1"]],
      },
      { it: "tells protocols apart", placed: [ports({ hostPort: 53, protocol: "UDP" })], pod: ports({ hostPort: 53 }) },
      {
        it: "tells addresses apart",
        placed: [ports({ hostPort: 80, hostIP: "127.0.0.1" })],
        pod: ports({ hostPort: 80, hostIP: "127.0.0.2" }),
      },
      {
        it: "takes no address for all",
        placed: [ports({ hostPort: 80, hostIP: "127.0.0.1" }), ports({ hostPort: 80, hostIP: "127.0.0.2" })],
        pod: { hostPort: 80 },
        reasons,
        details: ["host port 80/TCP is taken by default/p0 and default/p1"],
        remedies: [["use another host port than 80, as 81", "remove pods default/p0 and default/p1 from n1"]],
      },
      {
        it: "tells of each port apart, and moves none onto another",
        placed: [{ hostPort: 80 }, ports({ hostPort: 82, hostIP: "127.0.0.1" })],
        pod: ports({ hostPort: 80 }, { hostPort: 81 }, { hostPort: 82, hostIP: "127.0.0.1" }),
        reasons,
        details: ["host port 80/TCP is taken by default/p0", "host port 127.0.0.1:82/TCP is taken by default/p1"],
        remedies: [
          ["use another host port than 80, as 83", "remove pod default/p0 from n1"],
          ["use another host port than 82, as 84", "remove pod default/p1 from n1"],
        ],
      },
      {
        it: "knows no other port above the highest",
        placed: [{ hostPort: 65_535 }],
        pod: { hostPort: 65_535 },
        reasons,
        remedies: [["remove pod default/p0 from n1"]],
      },
      {
        it: "moves no pod's port that listens on the node's own network",
        placed: [{ hostPort: 80 }],
        pod: { spec: { ...ports({ hostPort: 80 }).spec, hostNetwork: true } },
        reasons,
        remedies: [["remove pod default/p0 from n1"]],
      },
    ],
  );

  it("says which pods are to go, for programs", () => {
    const trial = new FilterTrial(() => nodePorts, { placed: [{ hostPort: 80 }], pod: { hostPort: 80 } });
    expect(trial.explain(trial.pod)[0]?.remedies.map(({ change }) => change)).to.deep.equal([
      { kind: "pod", patch: [{ op: "replace", path: "/spec/containers/0/ports/0/hostPort", value: 81 }] },
      { kind: "pods", node: "n1", remove: ["default/p0"] },
    ]);
  });

  it("wakes pods when a pod goes that had the port, or a node comes", () => {
    const { nodeAdded, podGone, nodeUpdated } = nodePorts.wakes;
    const waiting = podInfo(pod({ hostPort: 80 }));
    const gone = (hostPort: number) => podInfo(pod({ name: "gone", hostPort }));
    expect([
      podGone?.({ kind: "podGone", pod: gone(80), nodeName: "n1" }, waiting),
      podGone?.({ kind: "podGone", pod: gone(81), nodeName: "n1" }, waiting),
      nodeAdded?.({ kind: "nodeAdded", node: node() }, waiting),
      nodeUpdated,
    ]).to.deep.equal([true, false, true, undefined]);
  });
});
