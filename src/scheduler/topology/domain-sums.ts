import type { Domains } from "./topology-domains.js";

interface Kept {
  readonly domains: Domains;
  readonly revision: number;
  readonly sums: Int32Array;
}

// Pods of a kind are spread over nodes and zones, seldom over more; each costs four bytes a domain.
const mostTopologies = 4;

/**
 * Counts by slot, added up by domain. What is asked for is kept by increments as long as no node changes its domain, and
 * then added up anew: so that asking again costs nothing.
 */
export class DomainSums {
  private readonly kept: Kept[] = [];

  /** Is told of every change of the counts. */
  add(slot: number, difference: number): void {
    for (const { domains, sums } of this.kept) {
      const domain = domains.bySlot[slot] ?? -1;
      // By a newer numbering it is some other domain, or none: but then these sums are not used any more.
      if (domain >= 0 && domain < sums.length) sums[domain] = (sums[domain] ?? 0) + difference;
    }
  }

  /** The sums by the domains' numbers. Changes with the counts: to be read at once. @param counts calls for each slot that has some */
  of(domains: Domains, counts: (each: (slot: number, amount: number) => void) => void): Int32Array {
    const at = this.kept.findIndex((one) => one.domains.topologyKey === domains.topologyKey);
    const known = this.kept[at];
    if (known?.domains === domains && known.revision === domains.revision) return known.sums;
    const sums = new Int32Array(domains.size);
    counts((slot, amount) => {
      const domain = domains.bySlot[slot] ?? -1;
      if (domain >= 0) sums[domain] = (sums[domain] ?? 0) + amount;
    });
    if (known !== undefined) this.kept.splice(at, 1);
    else if (this.kept.length === mostTopologies) this.kept.shift();
    this.kept.push({ domains, revision: domains.revision, sums });
    return sums;
  }
}
