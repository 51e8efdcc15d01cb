import { median } from "./statistics.js";

/** One comparison with a peer: samples taken in turns, in one run, on one machine. */
export interface Comparison {
  /** As "B2 up". */
  readonly name: string;
  readonly unit: "ms" | "MB" | "keys" | "/s" | "pods/s";
  readonly peer: string;
  /** A sample a round; the n-th of ours and of the peer's were taken one after the other. */
  readonly ours: readonly number[];
  readonly peers: readonly number[];
  /** The ratio ours ÷ peer that the project aims at, and the first step on the way there; neither for what explains others. */
  readonly aim?: number;
  readonly firstStep?: number;
  /** The higher the better, as a rate is: aim and first step are the least that the ratio should be, not the most. */
  readonly isRate?: boolean;
  /** How late the api-server's event loop was during the workload: its 99th percentile. Absent where no api-server took part. */
  readonly lagMs?: number;
}

/** A comparison as it is reported. */
export interface Verdict {
  readonly name: string;
  readonly unit: string;
  readonly peer: string;
  readonly ourMedian: number;
  readonly peerMedian: number;
  /** Median of the rounds' ratios, with the least and the greatest. */
  readonly ratio: number;
  readonly ratioLow: number;
  readonly ratioHigh: number;
  readonly rounds: number;
  readonly isRate: boolean;
  readonly aim: number | undefined;
  readonly met: boolean | undefined;
  readonly firstStep: number | undefined;
  readonly firstStepMet: boolean | undefined;
  readonly lagMs: number | undefined;
}

/** Judges a comparison by its median ratio. */
export function judge({ name, unit, peer, ours, peers, aim, firstStep, isRate = false, lagMs }: Comparison): Verdict {
  const ratios = ours.map((value, round) => value / (peers[round] ?? Number.NaN));
  const ratio = median(ratios);
  const meets = (bound: number | undefined) => (bound === undefined ? undefined : isRate ? ratio >= bound : ratio <= bound);
  return {
    name,
    unit,
    peer,
    ourMedian: median(ours),
    peerMedian: median(peers),
    ratio,
    ratioLow: Math.min(...ratios),
    ratioHigh: Math.max(...ratios),
    rounds: ours.length,
    isRate,
    aim,
    met: meets(aim),
    firstStep,
    firstStepMet: meets(firstStep),
    lagMs,
  };
}

/** Takes samples in turns: ours, theirs, theirs, ours, so that a drift of the machine favours neither. */
export async function alternate<A, B>(
  rounds: number,
  ours: (round: number) => Promise<A>,
  theirs: (round: number) => Promise<B>,
): Promise<{ ours: A[]; theirs: B[] }> {
  const samples: { ours: A[]; theirs: B[] } = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) samples.ours.push(await ours(round));
    samples.theirs.push(await theirs(round));
    if (round % 2 === 1) samples.ours.push(await ours(round));
  }
  return samples;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
