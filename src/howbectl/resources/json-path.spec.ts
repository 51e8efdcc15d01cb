import { expect } from "chai";
import { parseJsonPath } from "./json-path.js";

const root = {
  metadata: { name: "web", labels: { "app.kubernetes.io/name": "web" } },
  status: {
    phase: "Running",
    replicas: 0,
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Scheduled", status: "False", observedGeneration: 3 },
    ],
    numbers: [0, 1, 2, 3, 4],
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
    { path: "{.metadata.labels['app\\.kubernetes\\.io/name']}", finds: ["web"] },
    { path: "{.metadata['name','labels']}", finds: ["web", { "app.kubernetes.io/name": "web" }] },
    { path: "{.status.numbers[0,2]}", finds: [0, 2] },
    { path: "{.status.numbers[0:5:2]}", finds: [0, 2, 4] },
    { path: "{.status.numbers[-2:]}", finds: [3, 4] },
    { path: "{.status.numbers[?(@>2)]}", finds: [3, 4] },
    { path: "{.status.numbers[?(@<=1)]}", finds: [0, 1] },
    { path: "{.status.conditions[?(@.observedGeneration)].type}", finds: ["Scheduled"] },
    { path: "{.status.conditions[?(@.observedGeneration==3)].type}", finds: ["Scheduled"] },
    { path: "{.status.conditions[?(@.type=='None')].status}", finds: [] },
    { path: "{@.status.phase}", finds: ["Running"] },
    { path: "{.status.absent.deeper}", finds: [] },
    { path: "{.status.constructor}", finds: [] },
  ];
  for (const { path, finds } of cases) {
    it(`${path} finds ${JSON.stringify(finds)}`, () => expect(parseJsonPath(path)(root)).to.deep.equal(finds));
  }

  const failures = [
    { path: "{.status.numbers[7]}", says: "array index out of bounds: index 7, length 5" },
    { path: "{.status.numbers[3:9]}", says: "array index out of bounds: index 8, length 5" },
    { path: "{.status.numbers[3:1]}", says: "starting index 3 is greater than ending index 1" },
    { path: '{.status.numbers[?(@=="1")]}', says: "incompatible types for comparison" },
    { path: "{.status[?(@.a==1)]}", says: "is not array or slice and cannot be filtered" },
  ];
  for (const { path, says } of failures) {
    it(`${path} fails: ${says}`, () => expect(() => parseJsonPath(path)(root)).to.throw(says));
  }

  for (const path of ["{.a[}", "{.a[?(b)]}", "{.a b}", "{.a...b}"]) {
    it(`refuses ${path}`, () => expect(() => parseJsonPath(path)).to.throw(/error parsing jsonpath/));
  }
});
