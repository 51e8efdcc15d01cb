import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { flightRecordKind } from "./kind.js";

const record = `
metadata: { name: web.main.2.abc, namespace: team }
pod: { kind: Pod, namespace: team, name: web }
controllers: [{ kind: ReplicaSet, name: web-1 }, { kind: Deployment, name: web }]
nodeName: n1
flight:
  container: main
  restartCount: 2
  oomKilled: true
  end: { exitCode: 137, signal: 9, reason: OOMKilled, finishedAt: "2026-01-02T03:04:05Z" }
`;

describe("FlightRecord", () => {
  const cases: readonly (readonly [it: string, yaml: string, errors: readonly string[]])[] = [
    ["accepts one about a container of a pod of its namespace", record, []],
    [
      "refuses one about a pod elsewhere",
      record.replace("namespace: team, name: web }", "namespace: other, name: web }"),
      ['pod.namespace: Invalid value: "other": does not match metadata.namespace'],
    ],
    ["refuses one about nothing", "metadata: { name: a }", ["pod.name: Required value", "flight.container: Required value"]],
  ];
  for (const [does, yaml, errors] of cases) {
    it(does, () => {
      expect(lines(flightRecordKind.validate(admitted(flightRecordKind, yaml)))).to.deep.equal(errors);
    });
  }

  it("may get other labels, but no other past", () => {
    const before = admitted(flightRecordKind, record);
    const labelled = admitted(flightRecordKind, record.replace("namespace: team }", "namespace: team, labels: { a: b } }"));
    expect(flightRecordKind.validateUpdate(labelled, before)).to.deep.equal([]);
    const changed = admitted(flightRecordKind, record.replace("exitCode: 137", "exitCode: 0"));
    expect(lines(flightRecordKind.validateUpdate(changed, before))).to.deep.equal([
      "flight: Forbidden: a record of what has happened does not change",
    ]);
  });

  it("shows what died, how and when", () => {
    const cells = flightRecordKind.columns.map(
      ({ name, cell }) => `${name}=${cell(admitted(flightRecordKind, record), Date.parse("2026-01-02T03:05:05Z"))}`,
    );
    expect(cells).to.deep.equal([
      "NAME=web.main.2.abc",
      "POD=web",
      "CONTAINER=main",
      "RESTART=2",
      "REASON=OOMKilled",
      "EXIT CODE=137",
      "AGE=60s",
      "OWNER=Deployment/web",
      "NODE=n1",
    ]);
  });
});
