import type { PodShape } from "../cluster/pod-info.js";
import type { ShapeMemory } from "./shape-memory.js";

// Half a megabyte each at 5,000 nodes, and most pods that come within a second are of a few shapes.
const mostMemories = 64;
// Shapes that were seen once so far.
const mostCandidates = 1_024;

/**
 * The memories of shapes whose pods come more than once, as long as they do: those used last are kept. For a shape seen
 * for the first time there is none, for most pods that come alone stay alone.
 */
export class ShapeMemories {
  private readonly memories = new Map<PodShape, ShapeMemory>();
  private readonly candidates = new Set<PodShape>();

  /** The memory of pods of that shape, made if there have been two of them; undefined for the first. */
  of(shape: PodShape, make: () => ShapeMemory): ShapeMemory | undefined {
    const known = this.memories.get(shape);
    if (known === undefined && !this.candidates.delete(shape)) {
      this.candidates.add(shape);
      if (this.candidates.size > mostCandidates) dropFirst(this.candidates);
      return undefined;
    }
    const memory = known ?? make();
    this.memories.delete(shape);
    this.memories.set(shape, memory);
    if (this.memories.size > mostMemories) dropFirst(this.memories);
    return memory;
  }
}

function dropFirst<K>(all: { keys(): Iterable<K>; delete(key: K): boolean }): void {
  for (const first of all.keys()) {
    all.delete(first);
    return;
  }
}
