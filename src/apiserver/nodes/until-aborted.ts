import { abortable } from "../../base/abort.js";

/**
 * What `source` yields until it ends; rejects with an abort error as soon as `signal` fires, though `source` may still
 * be waiting. The source is then left as it is: whoever made it ends it.
 */
export async function* untilAborted<T>(source: AsyncIterable<T> | AsyncIterator<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source;
  for (;;) {
    const next = await abortable(iterator.next(), signal);
    if (next.done === true) return;
    yield next.value;
  }
}
