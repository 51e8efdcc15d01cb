import { formatIpv4, type PodSubnet } from "./subnet.js";

interface Lease {
  readonly address: string;
  /** When its sandbox was made; undefined while that is under way. */
  madeAt: number | undefined;
}

/**
 * The addresses of a node's pods, each leased to the sandbox of that name from before it is made until it is gone. What
 * must outlive the process is in the sandboxes' labels: `claim` takes it over. An address that comes back waits until
 * all the others had their turn.
 */
export class AddressPool {
  private readonly leases = new Map<string, Lease>();
  private next: number;
  private clock = 0;

  constructor(private readonly subnet: PodSubnet) {
    this.next = subnet.first;
  }

  /** An address for a sandbox that is going to be made, the same one if it has one; undefined when none is left. */
  lease(sandbox: string): string | undefined {
    const held = this.leases.get(sandbox);
    if (held !== undefined) return held.address;
    const taken = new Set([...this.leases.values()].map(({ address }) => address));
    const { first, last } = this.subnet;
    for (let tried = first; tried <= last; tried++) {
      const address = formatIpv4(this.next);
      this.next = this.next === last ? first : this.next + 1;
      if (taken.has(address)) continue;
      this.leases.set(sandbox, { address, madeAt: undefined });
      return address;
    }
    return undefined;
  }

  /** The sandbox has been made. */
  settle(sandbox: string): void {
    const lease = this.leases.get(sandbox);
    if (lease !== undefined) lease.madeAt ??= ++this.clock;
  }

  /** The sandbox is there, with that address. */
  claim(sandbox: string, address: string): void {
    this.leases.set(sandbox, { address, madeAt: this.leases.get(sandbox)?.madeAt ?? ++this.clock });
  }

  /** The sandbox is gone, or was not made. */
  release(sandbox: string): void {
    this.leases.delete(sandbox);
  }

  /** Call it before listing what there is, and hand the result to `keepOnly`. */
  mark(): number {
    return ++this.clock;
  }

  /** Takes back the addresses of sandboxes that were made before the mark and are gone. */
  keepOnly(present: ReadonlySet<string>, mark: number): void {
    for (const [sandbox, { madeAt }] of this.leases)
      if (madeAt !== undefined && madeAt < mark && !present.has(sandbox)) this.leases.delete(sandbox);
  }
}
