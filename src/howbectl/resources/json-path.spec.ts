import { expect } from "chai";
import { parseJsonPath } from "./json-path.js";

const root = {
  metadata: { name: "web", labels: { "app.kubernetes.io/name": "web" } },
  status: {
    phase: "Running",
    replicas: 0,
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Scheduled", status: "False" },
    ],
  },
};

describe("parseJsonPath", () => {
  const cases = [
    { path: "{.status.phase}", finds: ["Running"] },
    { path: ".status.phase", finds: ["Running"] },
    { path: "status.phase", finds: ["Running"] },
    { path: "{$.status.replicas}", finds: [0] },
    { path: "{.metadata.labels['app.kubernetes.io/name']}", finds: ["web"] },
    { path: "{.metadata.labels.app\\.kubernetes\\.io/name}", finds: ["web"] },
    { path: "{.status.conditions[1].type}", finds: ["Scheduled"] },
    { path: "{.status.conditions[-1].type}", finds: ["Scheduled"] },
    { path: "{.status.conditions[*].type}", finds: ["Ready", "Scheduled"] },
    { path: '{.status.conditions[?(@.type=="Ready")].status}', finds: ["True"] },
    { path: '{.status.conditions[?(@.type!="Ready")].status}', finds: ["False"] },
    { path: "{.status.conditions[0:1].type}", finds: ["Ready"] },
    { path: "{.status.conditions[1:].type}", finds: ["Scheduled"] },
    { path: "{.status..status}", finds: ["True", "False"] },
    { path: "{..name}", finds: ["web"] },
    { path: "{.status.absent.deeper}", finds: [] },
    { path: "{.status.constructor}", finds: [] },
  ];
  for (const { path, finds } of cases) {
    it(`${path} finds ${JSON.stringify(finds)}`, () => expect(parseJsonPath(path)(root)).to.deep.equal(finds));
  }

  for (const path of ["{.a[}", "{.a[?(@.b)]}", "{.a...b}"]) {
    it(`refuses ${path}`, () => expect(() => parseJsonPath(path)).to.throw(/error parsing jsonpath/));
  }
});
