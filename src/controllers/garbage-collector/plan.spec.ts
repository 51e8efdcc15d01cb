import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { type OwnedPlan, type OwnerFate, planOwned, planOwner, type Standing } from "./plan.js";

const reference = (uid: string, blockOwnerDeletion = true) => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  name: uid,
  uid,
  blockOwnerDeletion,
});
const judged = (fates: Readonly<Record<string, OwnerFate>>) =>
  Object.entries(fates).map(([uid, fate]) => ({ reference: reference(uid), fate }));

interface OwnedCase {
  readonly it: string;
  readonly object?: Whole<Pod>;
  readonly fates: Readonly<Record<string, OwnerFate>>;
  readonly standing?: Partial<Standing>;
  readonly plan: OwnedPlan;
}

describe("planOwned", () => {
  const keep: OwnedPlan = { kind: "keep" };
  const remove = (propagation: "Foreground" | "Background" | "Orphan"): OwnedPlan => ({ kind: "delete", propagation });
  const drop = (...uids: string[]): OwnedPlan => ({ kind: "dropReferences", uids: new Set(uids) });
  const owning = { ownsSomething: true };
  const inCircle = { ownsSomething: true, isInCircle: true };
  const waiting = pod({ deleting: true, finalizers: ["foregroundDeletion"] });

  const cases: readonly OwnedCase[] = [
    { it: "keeps what has no owners", fates: {}, plan: keep },
    { it: "keeps what has its owner", fates: { a: "solid" }, plan: keep },
    { it: "deletes what its only owner left behind", fates: { a: "gone" }, plan: remove("Background") },
    { it: "deletes what all of its owners left behind", fates: { a: "gone", b: "gone" }, plan: remove("Background") },
    { it: "keeps what has another owner, without the one that is gone", fates: { a: "gone", b: "solid" }, plan: drop("a") },
    { it: "keeps what has another owner, without the one that waits", fates: { a: "waiting", b: "solid" }, plan: drop("a") },
    {
      it: "keeps what has another owner, without any that go",
      fates: { a: "gone", b: "waiting", c: "detached", d: "solid" },
      plan: drop("a", "b", "c"),
    },
    { it: "leaves alone what has an owner that can't be told", fates: { a: "unknown" }, plan: keep },
    {
      it: "leaves alone what has an owner that can't be told, whatever became of others",
      fates: { a: "unknown", b: "gone", c: "solid" },
      plan: keep,
    },
    { it: "keeps what an owner left to stay", fates: { a: "detached" }, plan: drop("a") },
    { it: "first takes away the owner that left it to stay, when others are gone", fates: { a: "detached", b: "gone" }, plan: drop("a") },
    { it: "deletes what its owner waits for", fates: { a: "waiting" }, plan: remove("Background") },
    { it: "deletes what one owner waits for and another left behind", fates: { a: "waiting", b: "gone" }, plan: remove("Background") },
    { it: "deletes its own dependents first when its owner waits", fates: { a: "waiting" }, standing: owning, plan: remove("Foreground") },
    { it: "does not wait for its own dependents when nobody waits", fates: { a: "gone" }, standing: owning, plan: remove("Background") },
    {
      it: "breaks a circle of owners that wait for each other",
      fates: { a: "waiting" },
      standing: inCircle,
      plan: { kind: "unblock", uids: new Set(["a"]) },
    },
    {
      it: "breaks a circle though it is going itself",
      object: waiting,
      fates: { a: "waiting" },
      standing: inCircle,
      plan: { kind: "unblock", uids: new Set(["a"]) },
    },
    { it: "keeps a circle that nobody waits for", fates: { a: "solid" }, standing: inCircle, plan: keep },
    { it: "leaves alone what is going already", object: pod({ deleting: true }), fates: { a: "gone" }, plan: keep },
    { it: "does not hurry what waits for its own dependents", object: waiting, fates: { a: "waiting" }, standing: owning, plan: keep },
    { it: "does not free what is going of the owner that waits for it", object: waiting, fates: { a: "waiting", b: "solid" }, plan: keep },
    {
      it: "lets it leave orphans, if that is how it was told to go",
      object: pod({ finalizers: ["orphan"] }),
      fates: { a: "gone" },
      plan: remove("Orphan"),
    },
    {
      it: "lets it wait for its dependents, if that is how it was told to go",
      object: pod({ finalizers: ["foregroundDeletion"] }),
      fates: { a: "gone" },
      plan: remove("Foreground"),
    },
  ];
  for (const { it: does, object = pod(), fates, standing = {}, plan } of cases) {
    it(does, () => expect(planOwned(object, judged(fates), { ownsSomething: false, isInCircle: false, ...standing })).to.deep.equal(plan));
  }
});

describe("planOwner", () => {
  const blocking = { object: pod({ name: "a" }), blocks: true };
  const other = { object: pod({ name: "b" }), blocks: false };
  const going = (finalizer: string) => pod({ name: "owner", deleting: true, finalizers: [finalizer] });
  const cases = [
    { it: "does nothing for an owner that stays", owner: pod({ finalizers: ["foregroundDeletion"] }), dependents: [], plan: "none" },
    { it: "does nothing for one that goes without ado", owner: pod({ deleting: true }), dependents: [blocking], plan: "none" },
    { it: "does nothing for what another holds back", owner: going("example.com/hold"), dependents: [blocking], plan: "none" },
    { it: "detaches orphans", owner: going("orphan"), dependents: [blocking], plan: "orphan" },
    { it: "waits for what blocks it", owner: going("foregroundDeletion"), dependents: [blocking, other], plan: "none" },
    { it: "does not wait for what does not block it", owner: going("foregroundDeletion"), dependents: [other], plan: "release" },
    { it: "lets go what owns nothing", owner: going("foregroundDeletion"), dependents: [], plan: "release" },
  ];
  for (const { it: does, owner, dependents, plan } of cases) {
    it(does, () => expect(planOwner(owner, dependents).kind).to.equal(plan));
  }
});
