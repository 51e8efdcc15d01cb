import { expect } from "chai";
import fc from "fast-check";
import { anyMessage } from "../../../test/builders/any-message.js";
import type { ControllerRevision } from "../../gen/howbernetes/apps/v1/controller_revision.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { controllerRevisionKind } from "../kinds/controllerrevision/kind.js";
import { deploymentKind } from "../kinds/deployment/kind.js";
import { eventKind } from "../kinds/event/kind.js";
import type { Kind } from "../kinds/kind.js";
import { leaseKind } from "../kinds/lease/kind.js";
import { nodeKind } from "../kinds/node/kind.js";
import { podKind } from "../kinds/pod/kind.js";
import type { ApiObject } from "../object.js";
import { canonicalizeObject, canonicalizeSent } from "./canonical.js";
import { encodeObject } from "./encode.js";
import { objectFromJson, objectToJson } from "./json.js";
import { complete, decodeWhole, makeWhole } from "./whole.js";

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

describe("canonicalizeSent", () => {
  const sentKinds: readonly Kind[] = [podKind, deploymentKind, nodeKind, leaseKind, eventKind, controllerRevisionKind].map(
    (kind) => kind as unknown as Kind,
  );
  const throughJson = (kind: Kind, bytes: Uint8Array) => objectFromJson<ApiObject>(kind, objectToJson(kind, decodeWhole(kind, bytes)));

  for (const kind of sentKinds) {
    it(`makes of any ${kind.kind} what a trip through JSON makes, and refuses what it refuses`, () => {
      let [valid, invalid] = [0, 0];
      fc.assert(
        fc.property(anyMessage(kind.typeName), (message) => {
          const bytes = encodeObject(kind, kind.message.fromPartial(message));
          const { object, errors } = throughJson(kind, bytes);
          const sent: ApiObject = decodeWhole(kind, bytes);
          const isValid = canonicalizeSent(kind, sent);

          expect(isValid).to.equal(errors.length === 0);
          if (isValid) expect(complete(kind, sent)).to.deep.equal(complete(kind, object));
          if (isValid) valid += 1;
          else invalid += 1;
          // What was refused is left as it means: the trip through JSON still finds the same wrong with it.
          if (!isValid) expect(objectFromJson(kind, objectToJson(kind, sent)).errors).to.deep.equal(errors);
        }),
        { numRuns: 300 },
      );
      expect(valid).to.be.above(20);
      if (kind.kind === "Pod") expect(invalid).to.be.above(20);
    });
  }

  it("gives quantities, times and raw JSON their one form", () => {
    const pod: ApiObject = makeWhole(podKind, {
      metadata: { creationTimestamp: { seconds: 5, nanos: 700 }, deletionTimestamp: { seconds: 0, nanos: 0 } },
      spec: { containers: [{ name: "c", resources: { limits: { cpu: { string: "1000m" } } } }] },
    });
    const revision: ApiObject = makeWhole(controllerRevisionKind, { data: { raw: Buffer.from('{ "a" :  1 }') } });

    expect([canonicalizeSent(podKind, pod as Pod), canonicalizeSent(controllerRevisionKind, revision as ControllerRevision)]).to.deep.equal(
      [true, true],
    );
    expect(pod).to.have.nested.property("spec.containers[0].resources.limits.cpu.string", "1");
    expect(pod.metadata).to.deep.include({ creationTimestamp: { seconds: 5, nanos: 0 }, deletionTimestamp: undefined });
    expect(revision).to.have.nested.property("data.raw").that.deep.equals(Buffer.from('{"a":1}'));
  });
});
