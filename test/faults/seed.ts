/** The seed of this run: `HOWBERNETES_SEED`, so that a failure can be had again; 1 otherwise. */
export const seed = Number(process.env.HOWBERNETES_SEED ?? 1);

/** How many times the work of `npm test` is done: `HOWBERNETES_FAULT_FACTOR`, 1 unless `npm run test:faults` says more. */
export const factor = Number(process.env.HOWBERNETES_FAULT_FACTOR ?? 1);

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of `choices`. */
export function pick<T>(choices: readonly T[], random: () => number): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}
