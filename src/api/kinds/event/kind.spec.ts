import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { eventKind } from "./kind.js";

const errorsOf = (yaml: string): string[] => lines(eventKind.validate(admitted(eventKind, yaml)));
const aboutPod = "metadata: { name: e, namespace: team }, involvedObject: { kind: Pod, namespace: team, name: web }";

describe("Event", () => {
  it("is Normal unless it says so", () => {
    expect(admitted(eventKind, "{}").type).to.equal("Normal");
    expect(admitted(eventKind, "type: Warning").type).to.equal("Warning");
  });

  const strict = 'eventTime: "2026-01-02T03:04:05.000006Z", reportingComponent: howbelet';
  const cases: readonly (readonly [it: string, fields: string, errors: readonly string[]])[] = [
    ["accepts one about an object of its namespace", aboutPod, []],
    ["accepts one about a node in default", "metadata: { namespace: default }, involvedObject: { kind: Node, name: n1 }", []],
    [
      "refuses one about an object of another namespace",
      "metadata: { namespace: default }, involvedObject: { kind: Pod, namespace: team, name: web }",
      ['involvedObject.namespace: Invalid value: "team": does not match event.namespace'],
    ],
    [
      "refuses one about a node elsewhere",
      "metadata: { namespace: team }, involvedObject: { kind: Node, name: n1 }",
      ['involvedObject.namespace: Invalid value: "": does not match event.namespace'],
    ],
    [
      "refuses a type that there is not",
      `${aboutPod}, type: Alarming`,
      ['type: Unsupported value: "Alarming": supported values: "Normal", "Warning"'],
    ],
    ["accepts one of the newer kind", `${aboutPod}, ${strict}, reportingInstance: n1, action: Start, reason: Started`, []],
    [
      "requires more of one of the newer kind",
      `${aboutPod}, ${strict}`,
      ["reportingInstance: Required value", "action: Required value", "reason: Required value"],
    ],
    [
      "limits its words",
      `${aboutPod}, ${strict}, reportingInstance: n1, action: ${"a".repeat(129)}, reason: a, message: ${"a".repeat(1025)}`,
      ["action: Too long: may not be more than 128 bytes", "message: Too long: may not be more than 1024 bytes"],
    ],
  ];
  for (const [does, fields, errors] of cases) {
    it(does, () => {
      expect(errorsOf(`{ ${fields} }`)).to.deep.equal(errors);
    });
  }
});

describe("columns of events", () => {
  const nowMs = Date.parse("2026-01-02T03:10:00Z");
  const cells = (yaml: string): Record<string, string> => {
    const event = admitted(eventKind, yaml);
    return Object.fromEntries(eventKind.columns.map(({ name, cell }) => [name, cell(event, nowMs)]));
  };

  it("stand in Kubernetes' order", () => {
    expect(eventKind.columns.map(({ name }) => name)).to.deep.equal([
      "LAST SEEN",
      "TYPE",
      "REASON",
      "OBJECT",
      "SUBOBJECT",
      "SOURCE",
      "MESSAGE",
      "FIRST SEEN",
      "COUNT",
      "NAME",
    ]);
    expect(eventKind.columns.filter(({ wide }) => wide !== true).map(({ name }) => name)).to.deep.equal([
      "LAST SEEN",
      "TYPE",
      "REASON",
      "OBJECT",
      "MESSAGE",
    ]);
  });

  it("show an event", () => {
    const yaml = `
metadata: { name: web.1 }
involvedObject: { kind: Pod, name: web, fieldPath: "spec.containers{main}" }
type: Warning
reason: BackOff
message: "Back-off restarting\\n"
source: { component: howbelet, host: n1 }
firstTimestamp: "2026-01-02T03:00:00Z"
lastTimestamp: "2026-01-02T03:09:00Z"
count: 4
`;
    expect(cells(yaml)).to.deep.equal({
      "LAST SEEN": "60s",
      TYPE: "Warning",
      REASON: "BackOff",
      OBJECT: "pod/web",
      SUBOBJECT: "spec.containers{main}",
      SOURCE: "howbelet, n1",
      MESSAGE: "Back-off restarting",
      "FIRST SEEN": "10m",
      COUNT: "4",
      NAME: "web.1",
    });
  });

  it("show an event of the newer kind", () => {
    const fields = 'eventTime: "2026-01-02T03:09:30Z", reportingComponent: scheduler, reportingInstance: a-1';
    expect(cells(`{ ${fields} }`)).to.include({ "LAST SEEN": "30s", "FIRST SEEN": "30s", SOURCE: "scheduler, a-1", COUNT: "1" });
  });

  it("show the last of a series", () => {
    const fields = 'eventTime: "2026-01-02T03:00:00Z", series: { count: 7, lastObservedTime: "2026-01-02T03:09:50Z" }';
    expect(cells(`{ ${fields} }`)).to.include({ "LAST SEEN": "10s", "FIRST SEEN": "10m", COUNT: "7" });
  });

  it("show an event of no time", () => {
    expect(cells("{}")["LAST SEEN"]).to.equal("<unknown>");
  });
});
