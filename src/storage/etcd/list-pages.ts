import type { IKeyValue, IRangeResponse } from "etcd3";
import { CompactedError, FutureRevisionError } from "../errors.js";
import type { Listing, ListOptions, Revision, StoredValue } from "../interface.js";
import type { EtcdCalls } from "./etcd-calls.js";
import { classifyFailure } from "./etcd-errors.js";
import { keyRange } from "./key-range.js";

/** Objects are a kilobyte or two: a first page is about a megabyte. */
const firstPageSize = 500;
/**
 * etcd counts all that is left for each page, so that pages should be few; a page is decoded in one go, so that they
 * should be small: two megabytes, or so many keys, take some milliseconds.
 */
const pageBytes = 2 * 1024 * 1024;
const maxPageSize = 3_000;

interface Sources {
  readonly calls: EtcdCalls;
  /** Reads the compaction point, for the error that tells of it. */
  compactedRevision(): Promise<Revision>;
}

interface Page {
  readonly response: IRangeResponse;
  /** The page size that worked. */
  readonly size: number;
}

/**
 * The store's list: pages of one revision, each small enough for one message; where values are so large that one is
 * not, the pages are halved.
 */
export async function listPages(sources: Sources, prefix: string, options: ListOptions): Promise<Listing> {
  const limit = options.limit !== undefined && options.limit > 0 ? options.limit : Number.POSITIVE_INFINITY;
  const values: StoredValue[] = [];
  let { after, atRevision } = options;
  let size = firstPageSize;
  for (;;) {
    const page = await readPage(sources, prefix, { ...options, after, atRevision }, Math.min(size, limit - values.length));
    const { kvs, count, header } = page.response;
    // The first page settles the revision that the others are read at.
    atRevision ??= Number(header.revision);
    for (const kv of kvs) values.push(storedValue(kv));
    size = nextSize(kvs, page.size);
    after = values.at(-1)?.key;
    const remaining = Number(count) - kvs.length;
    if (remaining <= 0 || values.length >= limit) return { values, revision: atRevision, remaining };
  }
}

/** After a page that worked: as many keys as should make a page of the size wanted, but no leap from what has worked. */
function nextSize(kvs: IRangeResponse["kvs"], worked: number): number {
  const bytes = kvs.reduce((sum, { value }) => sum + value.length, 0);
  const fitting = Math.floor((pageBytes * kvs.length) / Math.max(bytes, 1));
  return Math.max(1, Math.min(fitting, worked * 4, maxPageSize));
}

interface PageOptions {
  readonly after: string | undefined;
  readonly atRevision: Revision | undefined;
  readonly signal?: AbortSignal;
}

async function readPage(sources: Sources, prefix: string, options: PageOptions, limit: number): Promise<Page> {
  const revision = options.atRevision === undefined ? {} : { revision: options.atRevision };
  const request = { ...keyRange(prefix, options.after), ...revision };
  for (let size = limit; ; size = Math.floor(size / 2)) {
    try {
      return { response: await sources.calls.range({ ...request, limit: size }, options.signal), size };
    } catch (error: unknown) {
      const failure = classifyFailure(error instanceof Error ? (error.cause ?? error) : error);
      if (failure === "tooLarge" && size > 1) continue;
      if (failure === "compacted") throw new CompactedError(await sources.compactedRevision());
      if (failure === "future") throw new FutureRevisionError(options.atRevision ?? 0, sources.calls.latestRevision);
      throw error;
    }
  }
}

/** A key and value as read from etcd. */
export function storedValue({ key, value, mod_revision }: IKeyValue): StoredValue {
  return { key: key.toString(), value, revision: Number(mod_revision) };
}
