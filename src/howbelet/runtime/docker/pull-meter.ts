import type { PullProgress } from "../image-store.js";

/** One of the lines in which the engine tells how a pull goes. */
export interface ProgressLine {
  readonly error?: string;
  readonly status?: string;
  /** The layer. */
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

interface Layer {
  readonly totalBytes: number;
  readonly receivedBytes: number;
  readonly extractedBytes: number;
}

const nothing: Layer = { totalBytes: 0, receivedBytes: 0, extractedBytes: 0 };

/**
 * Adds up what Docker tells of each layer. The size of a layer is known only once its download has begun: the total
 * grows meanwhile. Layers that are present already do not count.
 */
export class PullMeter {
  private readonly layers = new Map<string, Layer>();

  /** Takes the next line; tells whether the sum may have changed. */
  take({ id, status = "", progressDetail }: ProgressLine): boolean {
    if (id === undefined) return false;
    const before = this.layers.get(id) ?? nothing;
    const after = layerAfter(before, status, progressDetail ?? {});
    if (after === before) return false;
    this.layers.set(id, after);
    return true;
  }

  get progress(): PullProgress {
    const sum = { receivedBytes: 0, totalBytes: 0, extractedBytes: 0 };
    for (const layer of this.layers.values()) {
      sum.receivedBytes += layer.receivedBytes;
      sum.totalBytes += layer.totalBytes;
      sum.extractedBytes += layer.extractedBytes;
    }
    return sum;
  }
}

function layerAfter(before: Layer, status: string, detail: { readonly current?: number; readonly total?: number }): Layer {
  const { current = 0, total = 0 } = detail;
  const { totalBytes } = before;
  if (status === "Downloading") {
    // Sizes that the registry does not tell are -1.
    const known = Math.max(total, 0);
    return { ...before, totalBytes: known, receivedBytes: Math.min(current, known) };
  }
  // The engine begins the layer anew.
  if (status.startsWith("Retrying in")) return { ...before, receivedBytes: 0 };
  if (status === "Verifying Checksum" || status === "Download complete") return { ...before, receivedBytes: totalBytes };
  // Some files systems count files instead of bytes, without a total.
  if (status === "Extracting" && total > 0) return { totalBytes: total, receivedBytes: total, extractedBytes: Math.min(current, total) };
  if (status === "Pull complete") return { ...before, receivedBytes: totalBytes, extractedBytes: totalBytes };
  return before;
}
