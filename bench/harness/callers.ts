/** What a number of callers, each with one call under way, came to. */
export interface Load {
  /** How long all of it took. */
  readonly ms: number;
  /** How long each call took, in milliseconds. */
  readonly latencies: readonly number[];
}

/** Makes `count` calls by so many callers at once. */
export async function load(callers: number, count: number, call: (index: number) => Promise<unknown>): Promise<Load> {
  const latencies: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const begun = performance.now();
      await call(index);
      latencies.push(performance.now() - begun);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return { ms: performance.now() - begun, latencies };
}
