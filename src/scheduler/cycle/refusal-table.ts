import type { Refusal } from "../framework/refusal.js";

// So many fit into the codes; plugins make far fewer, unless their refusals name what users make up.
const mostCodes = 65_535;

/** Numbers for refusals, so that what was found out about thousands of nodes fits into as many small numbers. */
export class RefusalTable {
  private readonly codes = new Map<Refusal, number>();
  private readonly refusals: (Refusal | undefined)[] = [undefined];

  /** Whether it has no room for another. */
  get isFull(): boolean {
    return this.refusals.length >= mostCodes;
  }

  /** The number of a refusal, 0 for none; the last of all when it is full. */
  codeOf(refusal: Refusal | undefined): number {
    if (refusal === undefined) return 0;
    const known = this.codes.get(refusal);
    if (known !== undefined) return known;
    if (this.isFull) return mostCodes - 1;
    this.refusals.push(refusal);
    const code = this.refusals.length - 1;
    this.codes.set(refusal, code);
    return code;
  }

  refusalOf(code: number): Refusal | undefined {
    return this.refusals[code];
  }
}
