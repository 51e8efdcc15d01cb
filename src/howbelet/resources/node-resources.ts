import type { Amounts } from "../../api/values/amounts.js";
import { canonicalQuantity, exactQuantity } from "../../api/values/quantity.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import { type EvictionSignal, thresholdAmount } from "../pressure/eviction-thresholds.js";
import type { RuntimeInfo } from "../runtime/interface.js";
import type { NodeSettings } from "./node-settings.js";

const kibibytes = (bytes: number): Quantity => ({ string: `${Math.floor(bytes / 1024)}Ki` });

/** What a machine has. */
export function capacityOf({ cpus, memoryBytes, storageBytes }: RuntimeInfo, { maxPods }: Pick<NodeSettings, "maxPods">): Amounts {
  return {
    cpu: { string: String(cpus) },
    memory: kibibytes(memoryBytes),
    ...(storageBytes === undefined ? {} : { "ephemeral-storage": kibibytes(storageBytes) }),
    pods: { string: String(maxPods) },
  };
}

/** Of which resource something must always be left, and what says how much. */
const evictionOf: Readonly<Record<string, EvictionSignal>> = {
  memory: "memory.available",
  "ephemeral-storage": "nodefs.available",
};

/**
 * What it has to give to pods: all but what is reserved for the machine's own programs, and what must be left for pods not
 * to be evicted.
 */
export function allocatableOf(capacity: Amounts, { kubeReserved, systemReserved, evictionHard }: NodeSettings): Amounts {
  const rest = Object.entries(capacity).map(([name, quantity]): [string, Quantity] => {
    const all = exactQuantity(quantity).nanos;
    const threshold = evictionHard.find(({ signal }) => signal === evictionOf[name]);
    const kept = threshold === undefined ? 0n : BigInt(thresholdAmount(threshold, Number(all / 1_000_000_000n))) * 1_000_000_000n;
    const taken = exactQuantity(kubeReserved[name]).nanos + exactQuantity(systemReserved[name]).nanos + kept;
    if (taken === 0n) return [name, quantity];
    return [name, format(all > taken ? all - taken : 0n, name)];
  });
  return Object.fromEntries(rest);
}

/** Bytes in Ki, so that nobody has to count digits; others as they are. */
function format(nanos: bigint, name: string): Quantity {
  if (Object.hasOwn(evictionOf, name)) return { string: `${nanos / 1_000_000_000n / 1024n}Ki` };
  return { string: canonicalQuantity(`${nanos}n`) ?? "0" };
}
