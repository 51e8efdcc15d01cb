import { expect } from "chai";
import { deployment, ownedBy, pod, podDisruptionBudget, replicaSet, statefulSet } from "../../../test/builders/index.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import { type ApiObject, formatKey, keyOf, type Whole } from "../../api/object.js";
import { expectationOf } from "./expected-pods.js";
import { scaleFinder } from "./scale-of.js";

const ownerOf = (kind: { readonly kind: string; readonly group: string }, { metadata: { name, uid } }: Whole<ApiObject>) => ({
  apiVersion: `${kind.group}/v1`,
  kind: kind.kind,
  name,
  uid,
});

const web = deployment({ replicas: 10 });
const old = replicaSet({ name: "web-1", replicas: 3, owner: ownerOf(deploymentKind, web) });
const young = replicaSet({ name: "web-2", replicas: 9, owner: ownerOf(deploymentKind, web) });
const bare = replicaSet({ name: "bare", replicas: 4 });
const orphaned = replicaSet({
  name: "orphaned",
  replicas: 6,
  owner: { apiVersion: "apps/v1", kind: "Deployment", name: "gone", uid: "u" },
});
const db = statefulSet({ name: "db", replicas: 3 });

const objects = new Map<string, Whole<ApiObject>>();
const put = (kind: { readonly kind: string }, ...all: readonly Whole<ApiObject>[]): void => {
  for (const object of all) objects.set(`${kind.kind} ${formatKey(keyOf(object))}`, object);
};
put(deploymentKind, web);
put(replicaSetKind, old, young, bare, orphaned);
put(statefulSetKind, db);
const scaleOf = scaleFinder((kind: Kind, key) => objects.get(`${kind.kind} ${formatKey(key)}`));

describe("expectationOf", () => {
  const ofOld = pod({ name: "a", owner: ownedBy(old) });
  const ofYoung = pod({ name: "b", owner: ownedBy(young) });
  const ofBare = pod({ name: "c", owner: ownedBy(bare) });
  const ofDb = pod({ name: "d", owner: ownerOf(statefulSetKind, db) });
  const ofOrphaned = pod({ name: "e", owner: ownedBy(orphaned) });
  const single = pod({ name: "single" });

  const cases = [
    { it: "counts the pods themselves for a number that must stay", bound: { minAvailable: 2 }, pods: [single, ofDb], expected: [2, 2] },
    { it: "takes a number that must stay as it is, though there are fewer", bound: { minAvailable: 5 }, pods: [single], expected: [1, 5] },
    { it: "wants nothing without a bound", bound: {}, pods: [single], expected: [0, 0] },
    { it: "asks the Deployment of a ReplicaSet", bound: { minAvailable: "50%" }, pods: [ofOld], expected: [10, 5] },
    { it: "asks a Deployment once in a rollout", bound: { minAvailable: "50%" }, pods: [ofOld, ofYoung, ofYoung], expected: [10, 5] },
    { it: "asks a ReplicaSet of its own", bound: { maxUnavailable: 1 }, pods: [ofBare], expected: [4, 3] },
    { it: "asks a ReplicaSet whose Deployment is gone", bound: { maxUnavailable: 1 }, pods: [ofOrphaned], expected: [6, 5] },
    { it: "asks a StatefulSet", bound: { maxUnavailable: 1 }, pods: [ofDb], expected: [3, 2] },
    { it: "adds up the scales of several", bound: { maxUnavailable: 3 }, pods: [ofDb, ofBare], expected: [7, 4] },
    { it: "rounds what must stay up", bound: { minAvailable: "34%" }, pods: [ofDb], expected: [3, 2] },
    { it: "rounds what may be missing up", bound: { maxUnavailable: "34%" }, pods: [ofDb], expected: [3, 1] },
    { it: "wants no less than none", bound: { maxUnavailable: 9 }, pods: [ofDb], expected: [3, 0] },
    {
      it: "leaves single pods out of a percentage",
      bound: { minAvailable: "100%" },
      pods: [ofDb, single],
      expected: [3, 3],
      unmanaged: ["single"],
    },
    {
      it: "leaves single pods out of what may be missing",
      bound: { maxUnavailable: 1 },
      pods: [single],
      expected: [0, 0],
      unmanaged: ["single"],
    },
  ];
  for (const { it: does, bound, pods, expected, unmanaged = [] } of cases) {
    it(does, () => {
      const expectation = expectationOf(podDisruptionBudget(bound), pods, scaleOf);
      expect([expectation.expectedPods, expectation.desiredHealthy]).to.deep.equal(expected);
      expect(expectation.unmanaged.map(({ metadata }) => metadata.name)).to.deep.equal(unmanaged);
    });
  }

  const uncountable = [
    {
      it: "a controller that has no scale",
      owner: { apiVersion: "apps/v1", kind: "DaemonSet", name: "logs", uid: "u" },
      says: "daemonsets.apps does not implement the scale subresource",
    },
    {
      it: "a controller of a kind that there is not",
      owner: { apiVersion: "example.com/v1", kind: "Herd", name: "sheep", uid: "u" },
      says: 'no matches for kind "Herd" in version "example.com/v1"',
    },
    { it: "a controller that is not there", owner: { ...ownedBy(bare), name: "gone" }, says: 'found no controllers for pod "p"' },
    { it: "a namesake of the controller", owner: { ...ownedBy(bare), uid: "another" }, says: 'found no controllers for pod "p"' },
  ];
  for (const { it: what, owner, says } of uncountable) {
    it(`says that it cannot count with ${what}`, () => {
      const count = () => expectationOf(podDisruptionBudget({ maxUnavailable: 1 }), [pod({ name: "p", owner })], scaleOf);
      expect(count).to.throw(says).with.property("name", "UncountableError");
    });
  }
});
