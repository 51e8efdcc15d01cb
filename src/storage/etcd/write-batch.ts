import type { ITxnRequest, ITxnResponse } from "etcd3";
import { InvariantError } from "../../base/invariant.js";
import { GuardError } from "../errors.js";
import type { Revision } from "../interface.js";
import { type EtcdWrite, mismatch, refusal, writeTransaction } from "./write-transaction.js";

/** Half of the operations that etcd takes in a transaction (`--max-txn-ops`); the other half is for those within. */
const maxWrites = 64;
/** Far below what etcd takes in a request (1.5 MiB), and little enough that a batch is no stall. A larger write goes alone. */
const maxBytes = 512 * 1024;
/** What a write among others may compare or put; one with more goes alone, as etcd may have it. */
const maxOperations = 16;
/** How far into a long queue is looked for writes that have nothing to do with those before them. */
const maxLookedAt = 256;

/**
 * Takes the writes that may share a transaction from those that wait, the first one always. None of a batch writes what
 * another reads or writes: in whatever order etcd looks at them, they do what they would do one after the other. Those
 * left over stay in their order, and none is overtaken by a later one that it has to do with.
 */
export function takeBatch<Queued extends { readonly write: EtcdWrite }>(
  queue: readonly Queued[],
): { readonly batch: readonly Queued[]; readonly rest: Queued[] } {
  const [batch, rest]: [Queued[], Queued[]] = [[], []];
  const [read, written] = [new Set<string>(), new Set<string>()];
  let bytes = 0;
  let isAlone = false;
  for (const [place, queued] of queue.entries()) {
    if (isAlone || batch.length === maxWrites || place === maxLookedAt) return { batch, rest: [...rest, ...queue.slice(place)] };
    const keys = keysOf(queued.write);
    const size = sizeOf(queued.write);
    const isFree = !keys.compared.some((key) => written.has(key)) && !keys.written.some((key) => written.has(key) || read.has(key));
    const fits = bytes + size <= maxBytes && keys.compared.length + keys.written.length <= maxOperations;
    if (batch.length === 0 || (isFree && fits)) {
      isAlone = !fits;
      batch.push(queued);
      bytes += size;
    } else {
      rest.push(queued);
    }
    for (const key of keys.compared) read.add(key);
    for (const key of keys.written) written.add(key);
  }
  return { batch, rest };
}

/** The transaction that carries out each write if its own conditions hold, whatever becomes of the others. */
export function batchTransaction(writes: readonly EtcdWrite[]): ITxnRequest {
  const transactions = writes.map(writeTransaction);
  const [only] = transactions;
  if (transactions.length === 1 && only !== undefined) return only;
  return { compare: [], success: transactions.map((transaction) => ({ request_txn: transaction })), failure: [] };
}

/** What became of each write of a batch: its revision, which is that of all, or the error with which it was refused. */
export function batchOutcomes(writes: readonly EtcdWrite[], response: ITxnResponse): readonly (Revision | Error)[] {
  return writes.map((write, place) => {
    const own = writes.length === 1 ? response : response.responses[place]?.response_txn;
    if (own === undefined) throw new InvariantError("etcd's answer to a batch lacks one of its writes");
    return own.succeeded ? Number(response.header.revision) : refusal(write, own);
  });
}

/** At which revision accepted writes have left the keys that they touched; 0 where there is nothing any more. */
export function revisionsLeft(writes: readonly EtcdWrite[], outcomes: readonly (Revision | Error)[]): ReadonlyMap<string, Revision> {
  const left = new Map<string, Revision>();
  for (const [place, { kind, key, options }] of writes.entries()) {
    const revision = outcomes[place];
    if (typeof revision !== "number") continue;
    left.set(key, kind === "delete" ? 0 : revision);
    for (const put of options.also ?? []) left.set(put.key, revision);
  }
  return left;
}

/**
 * The error with which a write would have been refused right after others were made, as far as they tell: of many that
 * contend for a key all but one need not be sent to be refused.
 */
export function refusalAfter(
  { kind, key, ifRevision, options: { guards = [] } }: EtcdWrite,
  left: ReadonlyMap<string, Revision>,
): Error | undefined {
  const failed = guards.find((guard) => (left.get(guard.key) ?? guard.revision) !== guard.revision);
  if (failed !== undefined) return new GuardError(failed.key);
  const found = left.get(key) ?? ifRevision;
  return found === ifRevision ? undefined : mismatch(kind, key, found);
}

function keysOf({ key, options: { guards = [], also = [] } }: EtcdWrite): {
  readonly compared: readonly string[];
  readonly written: readonly string[];
} {
  return { compared: [...guards.map((guard) => guard.key), key], written: [key, ...also.map((put) => put.key)] };
}

function sizeOf({ value, options: { also = [] } }: EtcdWrite): number {
  return also.reduce((sum, put) => sum + put.value.length, value.length);
}
