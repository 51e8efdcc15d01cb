/** The last so many of the things that were added. */
export class Recent {
  private readonly known = new Set<string>();

  constructor(private readonly capacity: number) {}

  add(thing: string): void {
    // The order of a Set is that of the first insertion.
    this.known.delete(thing);
    this.known.add(thing);
    for (const oldest of this.known) {
      if (this.known.size <= this.capacity) return;
      this.known.delete(oldest);
    }
  }

  has(thing: string): boolean {
    return this.known.has(thing);
  }
}
