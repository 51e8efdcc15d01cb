import { atLeast } from "./at-least.js";

// Up to here a list of nodes is smaller than an array over all of them, and as quickly searched.
const longestList = 32;

/** How many of something are on each node, by its slot: a list while they are few, an array when they are many. */
export class SlotCounts {
  private readonly slots: number[] = [];
  private readonly amounts: number[] = [];
  private dense: Int32Array | undefined;
  private sum = 0;

  get isEmpty(): boolean {
    return this.sum === 0;
  }

  /** Whether they have always been on a few nodes only. */
  get areFew(): boolean {
    return this.dense === undefined;
  }

  add(slot: number, difference: number): void {
    this.sum += difference;
    if (this.dense !== undefined) {
      this.dense = atLeast(this.dense, slot + 1);
      this.dense[slot] = (this.dense[slot] ?? 0) + difference;
      return;
    }
    const at = this.slots.indexOf(slot);
    if (at < 0) this.append(slot, difference);
    else this.addAt(at, difference);
  }

  /** Calls for each slot where there are some. */
  forEach(each: (slot: number, amount: number) => void): void {
    if (this.dense === undefined) {
      for (let at = 0; at < this.slots.length; at++) each(this.slots[at] ?? 0, this.amounts[at] ?? 0);
    } else {
      for (let slot = 0; slot < this.dense.length; slot++) {
        const amount = this.dense[slot] ?? 0;
        if (amount !== 0) each(slot, amount);
      }
    }
  }

  private append(slot: number, amount: number): void {
    this.slots.push(slot);
    this.amounts.push(amount);
    if (this.slots.length <= longestList) return;
    const dense = new Int32Array(Math.max(...this.slots) + 1);
    this.forEach((each, count) => {
      dense[each] = count;
    });
    this.dense = dense;
    this.slots.length = 0;
    this.amounts.length = 0;
  }

  private addAt(at: number, difference: number): void {
    const amount = (this.amounts[at] ?? 0) + difference;
    this.amounts[at] = amount;
    if (amount !== 0) return;
    this.slots.splice(at, 1);
    this.amounts.splice(at, 1);
  }
}
