import { expect } from "chai";
import { deploymentKind } from "../kinds/deployment/kind.js";
import { eventKind } from "../kinds/event/kind.js";
import type { Kind } from "../kinds/kind.js";
import { leaseKind } from "../kinds/lease/kind.js";
import { nodeKind } from "../kinds/node/kind.js";
import { podKind } from "../kinds/pod/kind.js";
import type { ApiObject } from "../object.js";
import { canonicalizeObject } from "./canonical.js";
import { encodeObject } from "./encode.js";
import { objectFromJson, objectToJson } from "./json.js";
import { complete, makeWhole } from "./whole.js";

const podSpec = {
  containers: [
    {
      name: "c",
      image: "busybox:1",
      readinessProbe: { handler: { httpGet: { path: "/" } } },
      env: [{ name: "A", valueFrom: { configMapKeyRef: { key: "k" } } }],
      volumeMounts: [{ name: "v", mountPath: "/v", readOnly: false }],
    },
  ],
  volumes: [{ name: "v" }, { name: "w", volumeSource: { emptyDir: {} } }],
  hostNetwork: false,
  nodeName: "",
};

describe("canonicalizeObject", () => {
  const cases: readonly { it: string; kind: Kind; partial: object }[] = [
    { it: "a pod of little", kind: podKind as unknown as Kind, partial: { metadata: { name: "a" } } },
    {
      it: "a pod of much",
      kind: podKind as unknown as Kind,
      partial: { metadata: { name: "a", generation: 0 }, spec: podSpec, status: { phase: "" } },
    },
    { it: "a deployment", kind: deploymentKind as unknown as Kind, partial: { spec: { template: { spec: podSpec } } } },
    {
      it: "a node",
      kind: nodeKind as unknown as Kind,
      partial: { status: { nodeInfo: { machineID: "x" }, addresses: [{ type: "Hostname" }] } },
    },
    { it: "a lease", kind: leaseKind as unknown as Kind, partial: { spec: { holderIdentity: "", leaseTransitions: 0 } } },
    { it: "an event", kind: eventKind as unknown as Kind, partial: { involvedObject: {}, source: {}, count: 0 } },
  ];
  for (const { it: what, kind, partial } of cases) {
    it(`gives ${what} the bytes that it has after a trip through JSON`, () => {
      const draft = makeWhole(kind, partial);
      const { object, errors } = objectFromJson<ApiObject>(kind, objectToJson(kind, makeWhole(kind, partial)));
      expect(errors).to.deep.equal([]);

      canonicalizeObject(kind, draft);

      expect(encodeObject(kind, draft).equals(encodeObject(kind, complete(kind, object)))).to.equal(true);
    });

    it(`changes nothing of ${what} the second time`, () => {
      const draft = makeWhole(kind, partial);
      canonicalizeObject(kind, draft);
      const once = encodeObject(kind, draft);
      canonicalizeObject(kind, draft);
      expect(encodeObject(kind, draft).equals(once)).to.equal(true);
    });
  }
});
