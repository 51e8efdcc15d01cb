import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import { compareQuantities, QuantitySum } from "./quantity.js";

/** How much of each resource, by its name. Never changed. */
export type Amounts = Readonly<Record<string, Quantity>>;

/** All of it together; a resource that only some have counts with what they have. */
export function sumAmounts(all: readonly Amounts[]): Amounts {
  const sums = new Map<string, QuantitySum>();
  for (const [name, quantity] of all.flatMap((amounts) => Object.entries(amounts))) {
    const sum = sums.get(name) ?? new QuantitySum();
    sums.set(name, sum);
    sum.add(quantity);
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, sum.quantity]));
}

/** The larger amount of each resource. */
export function largerAmounts(a: Amounts, b: Amounts): Amounts {
  const larger: Record<string, Quantity> = { ...a };
  for (const [name, quantity] of Object.entries(b)) {
    if (larger[name] === undefined || compareQuantities(larger[name], quantity) < 0) larger[name] = quantity;
  }
  return larger;
}

/** What there is of the resources named. */
export function pickAmounts(amounts: Amounts, names: readonly string[]): Amounts {
  return Object.fromEntries(names.flatMap((name) => (amounts[name] === undefined ? [] : [[name, amounts[name]]])));
}

/** As "limits.cpu=500m,pods=2": by name. */
export function formatAmounts(amounts: Amounts): string {
  const names = Object.keys(amounts).sort();
  return names.map((name) => `${name}=${amounts[name]?.string ?? "0"}`).join(",");
}
