import { expect } from "chai";
import { namespace, pod } from "../../../test/builders/index.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { secretKind } from "../../api/kinds/secret/kind.js";
import { timeFromMs } from "../../api/values/time.js";
import { type Emptying, emptyingConditions, isEmptying } from "./plan.js";

const nowMs = Date.UTC(2026, 0, 2);

describe("isEmptying", () => {
  const released = { ...namespace({ deleting: true }), spec: { finalizers: ["example.com/mine"] } };
  const cases = [
    { it: "is not of a namespace in use", namespace: namespace(), is: false },
    { it: "is of one that is being deleted", namespace: namespace({ deleting: true }), is: true },
    { it: "is not of one that only others still hold", namespace: released, is: false },
  ];
  for (const { it: does, namespace: object, is } of cases) it(does, () => expect(isEmptying(object)).to.equal(is));
});

describe("emptyingConditions", () => {
  const held = (name: string, ...finalizers: string[]) => pod({ name, deleting: true, finalizers });
  const said = (emptying: Partial<Emptying>) => {
    const conditions = emptyingConditions(namespace({ deleting: true }), { remainders: [], failures: [], ...emptying }, nowMs);
    return conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
  };
  const allWell = {
    discovery: "NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered",
    parsing: "NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed",
    failure: "NamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization",
    content: "NamespaceContentRemaining=False ContentRemoved: All content successfully removed",
    finalizers: "NamespaceFinalizersRemaining=False ContentHasNoFinalizers: All content-preserving finalizers finished",
  };
  const cases: readonly { readonly it: string; readonly emptying: Partial<Emptying>; readonly says: Partial<typeof allWell> }[] = [
    { it: "say that nothing is left", emptying: {}, says: {} },
    {
      it: "count what is left of each kind",
      emptying: {
        remainders: [
          { kind: podKind as unknown as Kind, objects: [held("a"), held("b")] },
          { kind: secretKind as unknown as Kind, objects: [] },
          { kind: deploymentKind as unknown as Kind, objects: [held("c")] },
        ],
      },
      says: {
        content:
          "NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: deployments.apps has 1 resource instances, pods. has 2 resource instances",
      },
    },
    {
      it: "count what each finalizer holds",
      emptying: { remainders: [{ kind: podKind as unknown as Kind, objects: [held("a", "z.io/z", "a.io/a"), held("b", "z.io/z")] }] },
      says: {
        content: "NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: pods. has 2 resource instances",
        finalizers:
          "NamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: a.io/a in 1 resource instances, z.io/z in 2 resource instances",
      },
    },
    {
      it: "say what could not be deleted",
      emptying: { failures: ["pods: no", "jobs.batch: never"] },
      says: {
        failure:
          "NamespaceDeletionContentFailure=True ContentDeletionFailed: Failed to delete all resource types, 2 remaining: jobs.batch: never, pods: no",
      },
    },
  ];
  for (const { it: does, emptying, says } of cases) {
    it(does, () => expect(said(emptying)).to.deep.equal(Object.values({ ...allWell, ...says })));
  }

  it("keep the time of what is as before, and what others said", () => {
    const of = namespace({ deleting: true });
    const earlier = timeFromMs(nowMs - 60_000);
    const condition = (type: string, status: string) => ({ type, status, reason: "Before", message: "", lastTransitionTime: earlier });
    of.status.conditions = [
      condition("Theirs", "True"),
      condition("NamespaceContentRemaining", "False"),
      condition("NamespaceFinalizersRemaining", "True"),
    ];
    const conditions = emptyingConditions(of, { remainders: [], failures: [] }, nowMs);
    const times = new Map(conditions.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]));

    expect(conditions).to.have.length(6);
    expect(conditions[0]).to.deep.equal(condition("Theirs", "True"));
    expect(times.get("NamespaceContentRemaining")).to.deep.equal(earlier);
    expect(times.get("NamespaceFinalizersRemaining")).to.deep.equal(timeFromMs(nowMs));
  });
});
