import { expect } from "chai";
import { lines } from "../../../test/builders/from-manifest.js";
import { ObjectMeta } from "../../gen/howbernetes/meta/v1/meta.js";
import { validateMetadata, validateMetadataUpdate } from "./metadata.js";

const namespaced = { namespaced: true };
const clusterWide = { namespaced: false };
const named = { name: "web", namespace: "default" };
const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "u1", controller: true };

describe("validateMetadata", () => {
  const cases = [
    { it: "accepts a named object in a namespace", kind: namespaced, meta: named, errors: [] },
    { it: "accepts a prefix that ends in a hyphen", kind: namespaced, meta: { ...named, generateName: "web-" }, errors: [] },
    { it: "accepts standard and qualified finalizers", kind: namespaced, meta: { ...named, finalizers: ["orphan", "a.io/b"] }, errors: [] },
    { it: "accepts whole owner references", kind: namespaced, meta: { ...named, ownerReferences: [owner] }, errors: [] },
    {
      it: "requires a name",
      kind: clusterWide,
      meta: {},
      errors: ["metadata.name: Required value: name or generateName is required"],
    },
    {
      it: "refuses a name that is no DNS subdomain",
      kind: clusterWide,
      meta: { name: "A_b" },
      errors: [
        `metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      ],
    },
    {
      it: "requires a namespace of what lives in one",
      kind: namespaced,
      meta: { name: "web" },
      errors: ["metadata.namespace: Required value"],
    },
    {
      it: "refuses a namespace of what lives in none",
      kind: clusterWide,
      meta: named,
      errors: ["metadata.namespace: Forbidden: not allowed on this type"],
    },
    {
      it: "refuses a bare finalizer that it does not know",
      kind: namespaced,
      meta: { ...named, finalizers: ["mine"] },
      errors: ['metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified'],
    },
    {
      it: "refuses two ways of deleting dependents",
      kind: namespaced,
      meta: { ...named, finalizers: ["orphan", "foregroundDeletion"] },
      errors: [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
      ],
    },
    {
      it: "refuses an owner reference with anything missing",
      kind: namespaced,
      meta: { ...named, ownerReferences: [{}] },
      errors: [
        'metadata.ownerReferences[0].apiVersion: Invalid value: "": version must not be empty',
        'metadata.ownerReferences[0].kind: Invalid value: "": must not be empty',
        'metadata.ownerReferences[0].name: Invalid value: "": must not be empty',
        'metadata.ownerReferences[0].uid: Invalid value: "": must not be empty',
      ],
    },
    {
      it: "refuses a negative generation",
      kind: namespaced,
      meta: { ...named, generation: -1 },
      errors: ["metadata.generation: Invalid value: -1: must be greater than or equal to 0"],
    },
  ];
  for (const { it: does, kind, meta, errors } of cases) {
    it(does, () => {
      expect(lines(validateMetadata(kind, ObjectMeta.fromPartial(meta)))).to.deep.equal(errors);
    });
  }

  it("takes only DNS labels as names of kinds that say so", () => {
    const [error] = validateMetadata({ namespaced: false, nameFormat: "label" }, ObjectMeta.fromPartial({ name: "a.b" }));
    expect(error?.message).to.include("RFC 1123 label");
  });

  it("refuses two controllers", () => {
    const meta = ObjectMeta.fromPartial({ ...named, ownerReferences: [owner, { ...owner, name: "other", uid: "u2" }] });
    const [error] = validateMetadata(namespaced, meta);
    expect(error?.message).to.include(
      'Only one reference can have Controller set to true. Found "true" in references for ReplicaSet/web and ReplicaSet/other',
    );
  });
});

describe("validateMetadataUpdate", () => {
  const stored = { ...named, uid: "u1", generation: 2, creationTimestamp: { seconds: 1, nanos: 0 } };
  const going = { ...stored, deletionTimestamp: { seconds: 9 }, deletionGracePeriodSeconds: 30, finalizers: ["a.io/b"] };
  const cases = [
    { it: "accepts other labels", previous: stored, next: { ...stored, labels: { a: "b" } }, errors: [] },
    { it: "accepts finalizers taken away during deletion", previous: going, next: { ...going, finalizers: [] }, errors: [] },
    {
      it: "refuses another name",
      previous: stored,
      next: { ...stored, name: "other" },
      errors: ['metadata.name: Invalid value: "other": field is immutable'],
    },
    {
      it: "refuses another uid",
      previous: stored,
      next: { ...stored, uid: "" },
      errors: ['metadata.uid: Invalid value: "": field is immutable'],
    },
    {
      it: "refuses another time of creation",
      previous: stored,
      next: { ...stored, creationTimestamp: { seconds: 2, nanos: 0 } },
      errors: ['metadata.creationTimestamp: Invalid value: {"seconds":2,"nanos":0}: field is immutable'],
    },
    {
      it: "refuses a deletion written",
      previous: stored,
      next: { ...stored, deletionTimestamp: { seconds: 9 } },
      errors: ['metadata.deletionTimestamp: Invalid value: {"seconds":9}: field is immutable'],
    },
    {
      it: "refuses a deletion taken back",
      previous: going,
      next: { ...going, deletionTimestamp: undefined },
      errors: ['metadata.deletionTimestamp: Invalid value: "": field is immutable'],
    },
    {
      it: "refuses a generation counted down",
      previous: stored,
      next: { ...stored, generation: 1 },
      errors: ["metadata.generation: Invalid value: 1: must not be decremented"],
    },
    {
      it: "refuses new finalizers during deletion",
      previous: going,
      next: { ...going, finalizers: ["a.io/b", "a.io/c"] },
      errors: [
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a.io/c"}',
      ],
    },
  ];
  for (const { it: does, previous, next, errors } of cases) {
    it(does, () => {
      const found = validateMetadataUpdate(ObjectMeta.fromPartial(next), ObjectMeta.fromPartial(previous));
      expect(lines(found)).to.deep.equal(errors);
    });
  }
});
