import { formatKey, type ObjectKey } from "../api/object.js";

/**
 * Remembers, per object worked on, the last revision that its controller wrote on its behalf, so that it can wait for
 * its caches to show that write before it decides anew.
 */
export class OwnWrites {
  private readonly latest = new Map<string, number>();

  /** A write made for the object of that key yielded `resourceVersion`; older ones than known are ignored. */
  record(key: ObjectKey, resourceVersion: string): void {
    const text = formatKey(key);
    const revision = Number(resourceVersion);
    if (revision > (this.latest.get(text) ?? 0)) this.latest.set(text, revision);
  }

  /** For `Informer.reached`; "0", which every cache has reached, when nothing was written. */
  lastRevision(key: ObjectKey): string {
    return String(this.latest.get(formatKey(key)) ?? 0);
  }

  /** The object is gone. */
  forget(key: ObjectKey): void {
    this.latest.delete(formatKey(key));
  }
}
