import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { placementRecordKind } from "./kind.js";

const record = `
metadata: { name: web.1f0c9a, namespace: team }
pod: { kind: Pod, namespace: team, name: web, uid: u1 }
placement:
  time: "2026-01-02T03:04:05Z"
  schedulerName: default-scheduler
  attempts: 2
  durationMicroseconds: 1250
  nodeName: n1
  nodeCount: 5
  feasibleCount: 3
  ranking: [{ nodeName: n1, scoreHundredths: 9000, parts: [{ plugin: NodeResourcesFit, scoreHundredths: 9000, weight: 1 }] }]
  verdicts:
  - nodeName: n2
    obstacles:
    - plugin: NodeUnschedulable
      reason: node(s) were unschedulable
      remedies: [{ kind: node, text: uncordon n2, nodeName: n2, command: [uncordon, n2] }]
`;

describe("PlacementRecord", () => {
  const cases: readonly (readonly [it: string, yaml: string, errors: readonly string[]])[] = [
    ["accepts one about a pod of its namespace", record, []],
    [
      "refuses one about a pod elsewhere",
      record.replace("namespace: team, name: web", "namespace: other, name: web"),
      ['pod.namespace: Invalid value: "other": does not match metadata.namespace'],
    ],
    ["refuses one about nothing", "metadata: { name: a, namespace: b }\npod: { namespace: b }", ["pod.name: Required value"]],
  ];
  for (const [does, yaml, errors] of cases) {
    it(does, () => {
      expect(lines(placementRecordKind.validate(admitted(placementRecordKind, yaml)))).to.deep.equal(errors);
    });
  }

  it("may tell of a later decision, but not of another pod", () => {
    const before = admitted(placementRecordKind, record);
    const later = admitted(placementRecordKind, record.replace("attempts: 2", "attempts: 3"));
    expect(placementRecordKind.validateUpdate(later, before)).to.deep.equal([]);
    const another = admitted(placementRecordKind, record.replace("uid: u1", "uid: u2"));
    expect(lines(placementRecordKind.validateUpdate(another, before))).to.deep.equal([
      "pod: Forbidden: a record does not become another pod's",
    ]);
  });

  it("shows what was decided, and when", () => {
    const cells = placementRecordKind.columns.map(
      ({ name, cell }) => `${name}=${cell(admitted(placementRecordKind, record), Date.parse("2026-01-02T03:05:05Z"))}`,
    );
    expect(cells).to.deep.equal([
      "NAME=web.1f0c9a",
      "POD=web",
      "NODE=n1",
      "FEASIBLE=3/5",
      "ATTEMPTS=2",
      "AGE=60s",
      "DURATION=1.25ms",
      "MESSAGE=<none>",
    ]);
  });
});
