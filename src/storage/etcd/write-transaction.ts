import type { ICompare, IRequestOp, ITxnRequest, ITxnResponse } from "etcd3";
import { GuardError, KeyExistsError, RevisionMismatchError } from "../errors.js";
import type { Revision, WriteOptions } from "../interface.js";

/** A write of one key. */
export interface EtcdWrite {
  readonly kind: "create" | "update" | "delete";
  readonly key: string;
  /** Empty for a delete. */
  readonly value: Uint8Array;
  /** The revision that the key must be of; 0 for absent. */
  readonly ifRevision: Revision;
  readonly options: WriteOptions;
}

/** The transaction that carries out a write if its conditions hold, and else reads what they were about. */
export function writeTransaction({ kind, key, value, ifRevision, options }: EtcdWrite): ITxnRequest {
  const { guards = [], also = [] } = options;
  const conditions = [...guards, { key, revision: ifRevision }];
  // An absent key has nothing to delete, whatever the caller believed.
  const present: ICompare = { target: "Version", result: "Greater", key: Buffer.from(key), version: 0 };
  const puts = [...(kind === "delete" ? [] : [{ key, value }]), ...also];
  const removals: IRequestOp[] = kind === "delete" ? [{ request_delete_range: { key: Buffer.from(key) } }] : [];
  return {
    compare: [...conditions.map(writtenAt), ...(kind === "delete" ? [present] : [])],
    success: [...removals, ...puts.map((put) => ({ request_put: { key: Buffer.from(put.key), value: asBuffer(put.value) } }))],
    failure: conditions.map((condition) => ({ request_range: { key: Buffer.from(condition.key), keys_only: true } })),
  };
}

/** The error with which a write was refused, from the revisions that its transaction read. */
export function refusal({ kind, key, options }: EtcdWrite, response: ITxnResponse): Error {
  const { guards = [] } = options;
  const actual = response.responses.map(({ response_range }) => Number(response_range.kvs[0]?.mod_revision ?? 0));
  const failed = guards.find((guard, place) => actual[place] !== guard.revision);
  if (failed !== undefined) return new GuardError(failed.key);
  return mismatch(kind, key, actual[guards.length] ?? 0);
}

/** The error of a write whose key was found at another revision than it must be of. */
export function mismatch(kind: EtcdWrite["kind"], key: string, found: Revision): Error {
  return kind === "create" ? new KeyExistsError(`${key} exists at revision ${found}`) : new RevisionMismatchError(key, found);
}

function writtenAt({ key, revision }: { readonly key: string; readonly revision: Revision }): ICompare {
  return { target: "Mod", result: "Equal", key: Buffer.from(key), mod_revision: revision };
}

function asBuffer(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
