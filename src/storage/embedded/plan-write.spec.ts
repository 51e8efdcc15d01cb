import { expect } from "chai";
import { isGuardFailure, isKeyExists, isRevisionMismatch } from "../errors.js";
import { planWrite, type Write } from "./plan-write.js";
import type { Head } from "./version.js";

const heads: Readonly<Record<string, Head>> = {
  present: { revision: 5, deleted: false },
  deleted: { revision: 6, deleted: true },
  fence: { revision: 7, deleted: false },
};
const headOf = (key: string): Head | undefined => heads[key];
const value = Buffer.from("new");

const write = (fields: Partial<Write>): Write => ({
  kind: "update",
  key: "present",
  value,
  ifRevision: 5,
  guards: [],
  also: [],
  ...fields,
});

describe("planWrite", () => {
  const accepted = [
    { it: "creates an absent key", write: write({ kind: "create", key: "absent", ifRevision: 0 }), versions: ["absent put after 0"] },
    {
      it: "creates a deleted key as a new one",
      write: write({ kind: "create", key: "deleted", ifRevision: 0 }),
      versions: ["deleted put after 0"],
    },
    { it: "updates the known revision", write: write({}), versions: ["present put after 5"] },
    { it: "deletes the known revision", write: write({ kind: "delete" }), versions: ["present delete after 5"] },
    {
      it: "takes guards that hold",
      write: write({
        guards: [
          { key: "fence", revision: 7 },
          { key: "deleted", revision: 0 },
        ],
      }),
      versions: ["present put after 5"],
    },
    {
      it: "writes further keys along, whatever they hold",
      write: write({
        kind: "delete",
        also: [
          { key: "fence", value },
          { key: "absent", value },
        ],
      }),
      versions: ["present delete after 5", "fence put after 7", "absent put after 0"],
    },
  ];

  for (const { it: does, write: asked, versions } of accepted) {
    it(does, () => {
      const plan = planWrite(asked, 9, headOf);

      if (plan.type === "refused") throw plan.error;
      expect(
        plan.versions.map((version) => `${version.key} ${version.deleted ? "delete" : "put"} after ${version.previousRevision}`),
      ).to.deep.equal(versions);
      expect(plan.versions.every(({ revision }) => revision === 9)).to.equal(true);
    });
  }

  const refused = [
    { it: "refuses to create what is there", write: write({ kind: "create", ifRevision: 0 }), because: isKeyExists },
    { it: "refuses a stale update", write: write({ ifRevision: 4 }), because: isRevisionMismatch },
    { it: "refuses to update what was deleted", write: write({ key: "deleted", ifRevision: 6 }), because: isRevisionMismatch },
    { it: "refuses to delete what is absent", write: write({ kind: "delete", key: "absent", ifRevision: 0 }), because: isRevisionMismatch },
    { it: "refuses when a guard has moved on", write: write({ guards: [{ key: "fence", revision: 6 }] }), because: isGuardFailure },
    {
      it: "looks at guards before the key",
      write: write({ ifRevision: 4, guards: [{ key: "fence", revision: 0 }] }),
      because: isGuardFailure,
    },
  ];

  for (const { it: does, write: asked, because } of refused) {
    it(does, () => {
      const plan = planWrite(asked, 9, headOf);

      expect(plan.type === "refused" && because(plan.error)).to.equal(true);
    });
  }

  it("takes a write that names a key twice for a mistake of ours", () => {
    expect(() => planWrite(write({ also: [{ key: "present", value }] }), 9, headOf)).to.throw("names a key twice");
  });
});
