import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { type OwnerFate, planOwned, planOwner } from "./plan.js";

const reference = (uid: string, blockOwnerDeletion = true) => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  name: uid,
  uid,
  blockOwnerDeletion,
});
const judged = (fates: Readonly<Record<string, OwnerFate>>) =>
  Object.entries(fates).map(([uid, fate]) => ({ reference: reference(uid), fate }));

describe("planOwned", () => {
  const leaf = { object: pod({ name: "leaf" }), blocks: true };
  const waitingLeaf = { object: pod({ name: "leaf", deleting: true, finalizers: ["foregroundDeletion"] }), blocks: true };
  const cases = [
    { it: "keeps what has no owners", fates: {}, plan: { kind: "keep" } },
    { it: "keeps what has its owner", fates: { a: "solid" }, plan: { kind: "keep" } },
    { it: "deletes what its only owner left behind", fates: { a: "gone" }, plan: { kind: "delete", propagation: "Background" } },
    {
      it: "deletes what all of its owners left behind",
      fates: { a: "gone", b: "gone" },
      plan: { kind: "delete", propagation: "Background" },
    },
    {
      it: "keeps what has another owner, without the one that is gone",
      fates: { a: "gone", b: "solid" },
      plan: { kind: "dropReferences", uids: new Set(["a"]) },
    },
    { it: "deletes what its owner waits for", fates: { a: "waiting" }, plan: { kind: "delete", propagation: "Background" } },
    {
      it: "deletes its own dependents first when its owner waits",
      fates: { a: "waiting" },
      dependents: [leaf],
      plan: { kind: "delete", propagation: "Foreground" },
    },
    {
      it: "breaks a circle of owners that wait for each other",
      fates: { a: "waiting" },
      dependents: [waitingLeaf],
      plan: { kind: "unblock", uids: new Set(["a"]) },
    },
    { it: "leaves alone what is going already", object: pod({ deleting: true }), fates: { a: "gone" }, plan: { kind: "keep" } },
    {
      it: "keeps to how it was told to go",
      object: pod({ finalizers: ["orphan"] }),
      fates: { a: "gone" },
      plan: { kind: "delete", propagation: "Orphan" },
    },
  ];
  for (const { it: does, object = pod(), fates, dependents = [], plan } of cases) {
    it(does, () => expect(planOwned(object, judged(fates as Record<string, OwnerFate>), dependents)).to.deep.equal(plan));
  }
});

describe("planOwner", () => {
  const blocking = { object: pod({ name: "a" }), blocks: true };
  const other = { object: pod({ name: "b" }), blocks: false };
  const going = (finalizer: string) => pod({ name: "owner", deleting: true, finalizers: [finalizer] });
  const cases = [
    { it: "does nothing for an owner that stays", owner: pod({ finalizers: ["foregroundDeletion"] }), dependents: [], plan: "none" },
    { it: "does nothing for one that goes without ado", owner: pod({ deleting: true }), dependents: [blocking], plan: "none" },
    { it: "detaches orphans", owner: going("orphan"), dependents: [blocking], plan: "orphan" },
    { it: "waits for what blocks it", owner: going("foregroundDeletion"), dependents: [blocking, other], plan: "none" },
    { it: "does not wait for what does not block it", owner: going("foregroundDeletion"), dependents: [other], plan: "release" },
  ];
  for (const { it: does, owner, dependents, plan } of cases) {
    it(does, () => expect(planOwner(owner, dependents).kind).to.equal(plan));
  }
});
