type Images = ReadonlyMap<string, number>;

/** On how many nodes each image is, by name. */
export class ImageCounts {
  private readonly counts = new Map<string, number>();

  nodesWith(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** A node had some images, and has others now. */
  replace(before: Images, after: Images): void {
    for (const name of before.keys()) if (!after.has(name)) this.add(name, -1);
    for (const name of after.keys()) if (!before.has(name)) this.add(name, 1);
  }

  private add(name: string, difference: number): void {
    const count = this.nodesWith(name) + difference;
    if (count === 0) this.counts.delete(name);
    else this.counts.set(name, count);
  }
}
