import { canonicalQuantity, isQuantity, parseQuantity } from "../../api/values/quantity.js";

/** What is watched of a machine, by Kubernetes' names. */
export const evictionSignals = [
  "memory.available",
  "nodefs.available",
  "nodefs.inodesFree",
  "imagefs.available",
  "imagefs.inodesFree",
  "pid.available",
] as const;
export type EvictionSignal = (typeof evictionSignals)[number];

/** When there is too little of something: less than an amount, or than a share of all there is. */
export interface EvictionThreshold {
  readonly signal: EvictionSignal;
  readonly limit: { readonly amount: number } | { readonly share: number };
}

/** Kubernetes' own. */
export const defaultEvictionHard: readonly EvictionThreshold[] = [
  { signal: "memory.available", limit: { amount: 100 * 2 ** 20 } },
  { signal: "nodefs.available", limit: { share: 0.1 } },
  { signal: "nodefs.inodesFree", limit: { share: 0.05 } },
  { signal: "imagefs.available", limit: { share: 0.15 } },
  { signal: "imagefs.inodesFree", limit: { share: 0.05 } },
];

/**
 * Reads `--eviction-hard`, as "memory.available<100Mi,nodefs.available<10%". What it does not name is not watched, as in
 * Kubernetes; "" watches nothing. @throws Error
 */
export function parseEvictionThresholds(text: string): readonly EvictionThreshold[] {
  const statements = text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const thresholds = statements.map(parseStatement);
  const twice = thresholds.find(({ signal }, index) => thresholds.findIndex((other) => other.signal === signal) !== index);
  if (twice !== undefined) throw new Error(`${twice.signal} is given twice`);
  return thresholds;
}

function parseStatement(statement: string): EvictionThreshold {
  const [, name, value = ""] = /^([^<]+)<(.+)$/.exec(statement) ?? [];
  const signal = evictionSignals.find((each) => each === name);
  if (name === undefined) throw new Error(`"${statement}" is not a threshold: use one such as memory.available<100Mi`);
  if (signal === undefined) throw new Error(`"${name}" cannot be watched: use one of ${evictionSignals.join(", ")}`);
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(value) ?? [];
  if (percent !== undefined) {
    if (!(Number(percent) > 0 && Number(percent) < 100)) throw new Error(`${signal}: "${value}" is not between 0% and 100%`);
    return { signal, limit: { share: Number(percent) / 100 } };
  }
  if (!isQuantity(value) || parseQuantity(value) < 0)
    throw new Error(`${signal}: "${value}" is neither an amount, as 100Mi, nor a percentage`);
  return { signal, limit: { amount: parseQuantity(value) } };
}

/** The least that must be available where there is so much in all. */
export function thresholdAmount({ limit }: EvictionThreshold, capacity: number): number {
  return "amount" in limit ? limit.amount : Math.floor(capacity * limit.share);
}

/** As Kubernetes writes it: "100Mi", "10%". */
export function formatThreshold({ limit }: EvictionThreshold): string {
  if ("share" in limit) return `${Number((limit.share * 100).toFixed(3))}%`;
  return formatAmount(limit.amount);
}

/** A number of bytes, or of anything else, as a quantity. */
export function formatAmount(amount: number): string {
  const binary = amount >= 1024 ? canonicalQuantity(`${Math.floor(amount / 1024)}Ki`) : undefined;
  return binary ?? String(Math.floor(amount));
}
