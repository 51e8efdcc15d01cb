import { InvariantError } from "../../base/invariant.js";
import { GuardError, KeyExistsError, RevisionMismatchError } from "../errors.js";
import type { Guard, Revision } from "../interface.js";
import type { Head, Version } from "./version.js";

/** A write as it was asked for. */
export interface Write {
  readonly kind: "create" | "update" | "delete";
  readonly key: string;
  /** Empty for a delete. */
  readonly value: Uint8Array;
  /** The revision that the key must be of; 0 for absent. */
  readonly ifRevision: Revision;
  readonly guards: readonly Guard[];
  readonly also: readonly { readonly key: string; readonly value: Uint8Array }[];
}

/** What becomes of a write: versions to add, or the error with which it is refused. */
export type WritePlan =
  | { readonly type: "accepted"; readonly revision: Revision; readonly versions: readonly Version[] }
  | { readonly type: "refused"; readonly error: Error };

/** Decides a write that would get `revision`, from the newest version of each key. */
export function planWrite(write: Write, revision: Revision, headOf: (key: string) => Head | undefined): WritePlan {
  const current = (key: string): Revision => {
    const head = headOf(key);
    return head === undefined || head.deleted ? 0 : head.revision;
  };
  const failed = write.guards.find((guard) => current(guard.key) !== guard.revision);
  if (failed !== undefined) return { type: "refused", error: new GuardError(failed.key) };

  const actual = current(write.key);
  // An absent key has nothing to delete, whatever the caller believed.
  if (actual !== write.ifRevision || (write.kind === "delete" && actual === 0)) {
    return { type: "refused", error: mismatch(write, actual) };
  }

  const puts = [...(write.kind === "delete" ? [] : [{ key: write.key, value: write.value }]), ...write.also];
  const versions = puts.map(({ key, value }) => ({ key, revision, previousRevision: current(key), deleted: false, value }));
  const removed = { key: write.key, revision, previousRevision: actual, deleted: true, value: write.value };
  const all = write.kind === "delete" ? [removed, ...versions] : versions;
  if (new Set(all.map(({ key }) => key)).size < all.length) throw new InvariantError("a write names a key twice");
  return { type: "accepted", revision, versions: all };
}

function mismatch(write: Write, actual: Revision): Error {
  return write.kind === "create"
    ? new KeyExistsError(`${write.key} exists at revision ${actual}`)
    : new RevisionMismatchError(write.key, actual);
}
