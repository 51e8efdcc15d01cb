import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { deploymentKind } from "../kinds/deployment/kind.js";
import { podKind } from "../kinds/pod/kind.js";
import { secretKind } from "../kinds/secret/kind.js";
import type { ApiObject, Whole } from "../object.js";
import { formatAmounts } from "../values/amounts.js";
import { timeFromMs } from "../values/time.js";
import { isLimitOn, usageOf } from "./usage.js";

const nowMs = Date.UTC(2030, 0, 1);
const asObject = (object: object): Whole<ApiObject> => object as Whole<ApiObject>;

describe("usageOf", () => {
  const usage = (object: object): string => formatAmounts(usageOf(podKind, asObject(object), nowMs));

  it("counts a pod, and what it requests and is limited to", () => {
    const resources = {
      requests: { cpu: { string: "100m" }, memory: { string: "64Mi" }, "example.com/gpu": { string: "2" } },
      limits: { cpu: { string: "1" } },
      claims: [],
    };
    const both = pod({
      spec: {
        containers: [
          { name: "a", resources },
          { name: "b", resources },
        ] as never,
      },
    });
    expect(usage(both)).to.equal(
      "count/pods=1,cpu=200m,limits.cpu=2,memory=128Mi,pods=1,requests.cpu=200m,requests.example.com/gpu=4,requests.memory=128Mi",
    );
  });

  it("weighs what initialises beside the sidecars before it", () => {
    const part = (name: string, cpu: string, restartPolicy?: string) => ({
      name,
      restartPolicy,
      resources: { requests: { cpu: { string: cpu } }, limits: {}, claims: [] },
    });
    const initContainers = [part("early", "2"), part("sidecar", "1", "Always"), part("late", "3")];
    const spec = { initContainers, containers: [part("main", "500m")] };
    expect(usage(pod({ spec: spec as never }))).to.contain("requests.cpu=4");
    const light = { initContainers: initContainers.slice(0, 2), containers: [part("main", "2")] };
    expect(usage(pod({ spec: light as never }))).to.contain("requests.cpu=3");
  });

  const over: readonly (readonly [what: string, object: object, counts: boolean])[] = [
    ["that has succeeded", pod({ phase: "Succeeded" }), false],
    ["that has failed", pod({ phase: "Failed" }), false],
    ["that is ending", ending(nowMs - 10_000), true],
    ["that should have ended long since", ending(nowMs - 31_000), false],
  ];
  for (const [what, object, counts] of over) {
    it(`${counts ? "counts" : "gives only the place of"} a pod ${what}`, () => {
      expect(usage(object)).to.equal(counts ? "count/pods=1,pods=1" : "count/pods=1");
    });
  }

  it("counts other objects, some by two names", () => {
    expect(formatAmounts(usageOf(deploymentKind, asObject({}), nowMs))).to.equal("count/deployments.apps=1");
    expect(formatAmounts(usageOf(secretKind, asObject({}), nowMs))).to.equal("count/secrets=1,secrets=1");
  });
});

/** A pod with a grace of 30 s whose deletionTimestamp is `deletedAtMs`. */
function ending(deletedAtMs: number): object {
  const running = pod();
  return {
    ...running,
    metadata: { ...running.metadata, deletionTimestamp: timeFromMs(deletedAtMs), deletionGracePeriodSeconds: 30 },
  };
}

describe("isLimitOn", () => {
  const onPods = ["pods", "count/pods", "cpu", "requests.memory", "limits.ephemeral-storage", "hugepages-2Mi", "requests.hugepages-1Gi"];
  for (const name of [...onPods, "requests.example.com/gpu"]) it(`${name}: pods`, () => expect(isLimitOn(podKind, name)).to.equal(true));
  for (const name of ["count/deployments.apps", "configmaps", "limits.hugepages-2Mi", "example.com/gpu", "limits.example.com/gpu"]) {
    it(`${name}: not pods`, () => expect(isLimitOn(podKind, name)).to.equal(false));
  }
  it("count/secrets and secrets: secrets", () => {
    expect(["count/secrets", "secrets", "pods", "count/pods"].map((name) => isLimitOn(secretKind, name))).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });
});
