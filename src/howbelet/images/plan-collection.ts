import { parseImageName } from "../../api/values/image-name.js";
import type { ImageStorage, ImageSummary } from "../runtime/image-store.js";
import type { ImageRecord } from "./image-records.js";

/** When images are collected, and which. */
export interface CollectionPolicy {
  /** From so much of the disk in use. 100 never collects. */
  readonly highPercent: number;
  /** Down to so much. */
  readonly lowPercent: number;
  /** An image that came, or was needed, less than this ago stays. */
  readonly minAgeMs: number;
}

/** As in Kubernetes. */
export const defaultCollectionPolicy: CollectionPolicy = { highPercent: 85, lowPercent: 80, minAgeMs: 2 * 60_000 };

/** How much of the disk is in use, in whole percent. */
export function usedPercent({ capacityBytes, availableBytes }: ImageStorage): number {
  return 100 - Math.floor((100 * Math.min(availableBytes, capacityBytes)) / capacityBytes);
}

/** What is to be freed to come down to the low mark; 0 below the high one. */
export function bytesToFree(storage: ImageStorage, { highPercent, lowPercent }: CollectionPolicy): number {
  if (highPercent >= 100 || usedPercent(storage) < highPercent) return 0;
  return Math.floor((storage.capacityBytes * (100 - lowPercent)) / 100) - storage.availableBytes;
}

/** An image that may be removed, by taking these names from it. */
export interface Collectable {
  readonly id: string;
  readonly names: readonly string[];
  readonly sizeBytes: number;
}

export interface CollectionInput {
  readonly images: readonly ImageSummary[];
  /** Ids of those of which there are containers. */
  readonly inUse: ReadonlySet<string>;
  readonly records: readonly ImageRecord[];
  readonly minAgeMs: number;
  /** Wall clock. */
  readonly nowMs: number;
}

/**
 * The images that may be removed, in this order: those that no pod has ever needed, then those not needed for longest.
 *
 * Unlike Kubernetes: only images that this node has pulled itself, and that have no other names since.
 */
export function planCollection({ images, inUse, records, minAgeMs, nowMs }: CollectionInput): readonly Collectable[] {
  const byId = new Map(images.map((image) => [image.id, image]));
  return [...records]
    .sort((a, b) => a.usedAtMs - b.usedAtMs || a.pulledAtMs - b.pulledAtMs)
    .flatMap((record) => {
      const image = byId.get(record.id);
      const isYoung = nowMs - Math.max(record.pulledAtMs, record.usedAtMs) < minAgeMs;
      if (image === undefined || inUse.has(record.id) || isYoung || !isOurs(image, record)) return [];
      return [{ id: image.id, names: namesOf(image), sizeBytes: image.sizeBytes }];
    });
}

/** A name that we did not give it is somebody's who wants it. */
function isOurs({ references }: ImageSummary, record: ImageRecord): boolean {
  const ours = new Set(record.references.map((reference) => parseImageName(reference)?.canonical));
  return references.every((reference) => ours.has(parseImageName(reference)?.canonical));
}

/** With the last tag of a repository Docker forgets its digest, too. */
function namesOf({ id, references, digests }: ImageSummary): readonly string[] {
  if (references.length > 0) return references;
  return digests.length > 0 ? digests : [id];
}
