import { expect } from "chai";
import { admitted } from "../../../test/builders/from-manifest.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { oomScoreAdjustment } from "./oom-score.js";

const gibibyte = 2 ** 30;

describe("oomScoreAdjustment", () => {
  const cases = [
    { it: "lets go first what asks for nothing", resources: "{}", score: 1000 },
    { it: "spares what is guaranteed its own", resources: "{ limits: { cpu: 1, memory: 1Gi } }", score: -997 },
    { it: "spares by what is asked for", resources: "{ requests: { memory: 1Gi } }", score: 900 },
    { it: "spares what asks only for CPUs the least", resources: "{ requests: { cpu: 1 } }", score: 999 },
    { it: "spares what asks for little hardly more", resources: "{ requests: { memory: 1Mi } }", score: 999 },
    { it: "never spares as much as what is guaranteed", resources: "{ requests: { memory: 20Gi } }", score: 3 },
  ];
  for (const { it: does, resources, score } of cases) {
    it(does, () => {
      const { spec } = admitted(podKind, `spec: { containers: [{ name: main, image: a, resources: ${resources} }] }`);

      expect(spec.containers.map((container) => oomScoreAdjustment(spec, container, 10 * gibibyte))).to.deep.equal([score]);
    });
  }

  it("spares what the node cannot do without", () => {
    const { spec } = admitted(podKind, "spec: { priorityClassName: system-node-critical, containers: [{ name: main, image: a }] }");

    expect(spec.containers.map((container) => oomScoreAdjustment(spec, container, gibibyte))).to.deep.equal([-997]);
  });

  it("spares a sidecar as much as what it serves", () => {
    const { spec } = admitted(
      podKind,
      `
spec:
  initContainers: [{ name: proxy, image: a, restartPolicy: Always }]
  containers: [{ name: main, image: a, resources: { requests: { memory: 5Gi } } }]
`,
    );

    expect(spec.initContainers.map((container) => oomScoreAdjustment(spec, container, 10 * gibibyte))).to.deep.equal([500]);
  });

  it("does without the machine's memory while that is not known", () => {
    const { spec } = admitted(podKind, "spec: { containers: [{ name: main, image: a, resources: { requests: { memory: 5Gi } } }] }");

    expect(spec.containers.map((container) => oomScoreAdjustment(spec, container, undefined))).to.deep.equal([999]);
  });
});
