/** Generated inputs for each kind: what `npm test` has time for, unless `npm run test:fuzz` says more. */
export const runs = Number(process.env.HOWBERNETES_FUZZ_RUNS ?? 150);

/** The seed of this run: `HOWBERNETES_SEED`, so that a failure can be had again; 1 otherwise. */
export const seed = Number(process.env.HOWBERNETES_SEED ?? 1);
