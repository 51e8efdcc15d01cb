import { milliOf, quantityNumber } from "../../../api/values/quantity.js";
import type { UnreachableNode } from "../../../gen/howbernetes/api/v1/metrics.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { CliEnv } from "../../cli-env.js";

/** What something uses. */
export interface Usage {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** What `--sort-by` takes. */
export type SortField = "cpu" | "memory";

/** A row by what it uses, and by its place where nothing else is asked for. */
export interface MeasuredRow {
  readonly usage: Usage;
  readonly place: readonly string[];
}

export const nothingUsed: Usage = { cpuMilli: 0, memoryBytes: 0 };

/** A message's usage as numbers. */
export function usageFrom(usage: Readonly<Record<string, Quantity>>): Usage {
  return { cpuMilli: milliOf(usage.cpu), memoryBytes: quantityNumber(usage.memory) };
}

export function addUsage(a: Usage, b: Usage): Usage {
  return { cpuMilli: a.cpuMilli + b.cpuMilli, memoryBytes: a.memoryBytes + b.memoryBytes };
}

/** The two cells in which kubectl writes it: "250m" and "64Mi". */
export function usageCells({ cpuMilli, memoryBytes }: Usage): [cpu: string, memory: string] {
  return [`${cpuMilli}m`, `${Math.floor(memoryBytes / 2 ** 20)}Mi`];
}

/** The most hungry first, or else by place. */
export function inOrder<Row extends MeasuredRow>(rows: readonly Row[], field: SortField | undefined): Row[] {
  const amount = ({ usage }: Row): number => (field === "cpu" ? usage.cpuMilli : field === "memory" ? usage.memoryBytes : 0);
  return [...rows].sort((a, b) => amount(b) - amount(a) || comparePlaces(a.place, b.place));
}

function comparePlaces(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((word, at) => word !== b[at]);
  return index < 0 ? 0 : (a[index] ?? "") < (b[index] ?? "") ? -1 : 1;
}

/** Says of which nodes nothing could be learnt, so that nobody takes what is shown for all there is. */
export function warnOfSilence(unreachable: readonly UnreachableNode[], env: CliEnv): void {
  for (const { name, reason } of unreachable) env.err.line(`Warning: no statistics of node "${name}": ${reason}`);
}
