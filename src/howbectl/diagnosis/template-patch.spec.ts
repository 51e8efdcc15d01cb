import { expect } from "chai";
import type { JsonObject } from "../../api/codec/json-values.js";
import { applyOperations } from "../../api/patch/json-operations.js";
import { type PodChange, templatePatch } from "./template-patch.js";

const prefix = "/spec/template";
const toleration = (key: string) => ({ key, operator: "Exists" });
const tolerate = (key: string): PodChange => ({ op: "add", path: "/spec/tolerations/-", value: toleration(key) });
const request: PodChange = { op: "replace", path: "/spec/containers/0/resources/requests/cpu", value: "1" };

describe("templatePatch", () => {
  const bare: JsonObject = { containers: [{ name: "c" }] };
  const cases: readonly { it: string; spec?: JsonObject; changes: readonly PodChange[]; patch: readonly PodChange[]; left: JsonObject }[] =
    [
      {
        it: "begins a list that admission has begun in the pod, and goes on with it",
        changes: [tolerate("a"), tolerate("b")],
        patch: [
          { op: "add", path: "/spec/template/spec/tolerations", value: [toleration("a")] },
          { op: "add", path: "/spec/template/spec/tolerations/-", value: toleration("b") },
        ],
        left: { ...bare, tolerations: [toleration("a"), toleration("b")] },
      },
      {
        it: "goes on with a list that is there",
        spec: { tolerations: [toleration("own")] },
        changes: [tolerate("a")],
        patch: [{ op: "add", path: "/spec/template/spec/tolerations/-", value: toleration("a") }],
        left: { tolerations: [toleration("own"), toleration("a")] },
      },
      {
        it: "sets what is missing, with what is missing above it",
        changes: [request],
        patch: [{ op: "add", path: "/spec/template/spec/containers/0/resources", value: { requests: { cpu: "1" } } }],
        left: { containers: [{ name: "c", resources: { requests: { cpu: "1" } } }] },
      },
      {
        it: "sets what alone is missing",
        spec: { containers: [{ resources: { requests: { memory: "1Gi" } } }] },
        changes: [request],
        patch: [{ op: "add", path: "/spec/template/spec/containers/0/resources/requests/cpu", value: "1" }],
        left: { containers: [{ resources: { requests: { memory: "1Gi", cpu: "1" } } }] },
      },
      {
        it: "replaces what is there",
        spec: { containers: [{ resources: { requests: { cpu: "4" } } }] },
        changes: [request],
        patch: [{ ...request, path: `${prefix}${request.path}` }],
        left: { containers: [{ resources: { requests: { cpu: "1" } } }] },
      },
      {
        it: "removes what is there, and nothing that is not",
        spec: { nodeSelector: { "example.com/disk": "ssd" } },
        changes: [
          { op: "remove", path: "/spec/nodeSelector/example.com~1disk" },
          { op: "remove", path: "/spec/nodeSelector/zone" },
          { op: "remove", path: "/spec/affinity/nodeAffinity" },
        ],
        patch: [{ op: "remove", path: "/spec/template/spec/nodeSelector/example.com~1disk" }],
        left: { nodeSelector: {} },
      },
      {
        it: "names what it adds as it is called",
        changes: [{ op: "replace", path: "/spec/containers/0/resources/limits/example.com~1gpu", value: "1" }],
        patch: [{ op: "add", path: "/spec/template/spec/containers/0/resources", value: { limits: { "example.com/gpu": "1" } } }],
        left: { containers: [{ name: "c", resources: { limits: { "example.com/gpu": "1" } } }] },
      },
    ];
  for (const { it: does, spec = bare, changes, patch, left } of cases) {
    it(does, () => {
      const document: JsonObject = { spec: { template: { spec } } };
      const made = templatePatch(document, prefix, changes);
      expect(made).to.deep.equal(patch);
      expect(applyOperations(document, made)).to.deep.equal({ spec: { template: { spec: left } } });
    });
  }
});
