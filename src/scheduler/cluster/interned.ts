/** Gives equal values as one object, by a text that says all of them: the most recent ones, so that it stays bounded. */
export class Interned<T> {
  private recent = new Map<string, T>();
  private older = new Map<string, T>();

  /** @param most how many values are remembered at least; twice as many at most */
  constructor(private readonly most: number) {}

  /** The value known by that text, or what `make` gives. */
  of(text: string, make: () => T): T {
    const recent = this.recent.get(text);
    if (recent !== undefined) return recent;
    const value = this.older.get(text) ?? make();
    if (this.recent.size >= this.most) {
      // Dropping the half that was not asked for lately costs nothing per value, unlike keeping an order of use.
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(text, value);
    return value;
  }
}
