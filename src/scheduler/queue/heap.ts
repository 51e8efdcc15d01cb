/**
 * A binary heap whose items know their place in it, so that any of them can be taken out: the first is the one that
 * comes before all others by `before`. What `before` looks at must not change while an item is in the heap.
 */
export class Heap<Field extends string, T extends Record<Field, number>> {
  private readonly items: T[] = [];

  /** `field` is where an item's place is noted, -1 while it is not in the heap. */
  constructor(
    private readonly field: Field,
    private readonly before: (a: T, b: T) => boolean,
  ) {}

  get size(): number {
    return this.items.length;
  }

  /** The first, which stays. */
  peek(): T | undefined {
    return this.items[0];
  }

  /** Takes the first. */
  pop(): T | undefined {
    const first = this.items[0];
    if (first !== undefined) this.delete(first);
    return first;
  }

  /** Adds an item that is not in the heap. */
  push(item: T): void {
    this.items.push(item);
    this.rise(item, this.items.length - 1);
  }

  /** Takes an item out, if it is there. */
  delete(item: T): void {
    const at: number = item[this.field];
    if (at < 0) return;
    this.note(item, -1);
    const last = this.items.pop();
    if (last === undefined || last === item) return;
    this.rise(last, at);
    this.sink(last, last[this.field]);
  }

  private rise(item: T, from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = this.items[above];
      if (other === undefined || !this.before(item, other)) break;
      this.put(other, at);
      at = above;
    }
    this.put(item, at);
  }

  private sink(item: T, from: number): void {
    let at = from;
    for (;;) {
      const left = this.items[2 * at + 1];
      const right = this.items[2 * at + 2];
      const isRight = right !== undefined && left !== undefined && this.before(right, left);
      const other = isRight ? right : left;
      if (other === undefined || !this.before(other, item)) break;
      this.put(other, at);
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.put(item, at);
  }

  private put(item: T, at: number): void {
    this.items[at] = item;
    this.note(item, at);
  }

  private note(item: Record<Field, number>, at: number): void {
    item[this.field] = at;
  }
}
