import type { Revision, Store } from "../../../src/storage/interface.js";
import { bytes } from "./bytes.js";

/** Keys to create: `<prefix><number>`. */
interface ManyWrites {
  readonly prefix: string;
  /** The first number. Default 0. */
  readonly from?: number;
  readonly count: number;
  readonly value?: Uint8Array;
  /** How many writes are under way at a time. Default 64, so that a busy machine keeps within the store's deadlines. */
  readonly writers?: number;
  /** The key of a number. Default: the number itself. */
  readonly nameOf?: (index: number) => string;
}

/** Creates keys, many at a time. Returns their revisions in ascending order. */
export async function writeMany(store: Store, writes: ManyWrites): Promise<readonly Revision[]> {
  const { prefix, from = 0, count, value = bytes("x"), writers = 64, nameOf = String } = writes;
  const revisions: Revision[] = [];
  const write = async (writer: number): Promise<void> => {
    for (let index = writer; index < count; index += writers) revisions.push(await store.create(prefix + nameOf(from + index), value));
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return revisions.sort((a, b) => a - b);
}

/** Creates so many keys at once, each with a second one at the same revision. */
export async function writePairs(store: Store, prefix: string, count: number): Promise<void> {
  const value = bytes("x");
  const pairs = Array.from({ length: count }, (_, place) =>
    store.create(`${prefix}a/${place}`, value, { also: [{ key: `${prefix}b/${place}`, value }] }),
  );
  await Promise.all(pairs);
}
