import { canonicalImageName } from "../../api/values/image-name.js";
import type { ContainerImage } from "../../gen/howbernetes/core/v1/node.js";
import type { ImageSummary } from "../runtime/image-store.js";

/** As in Kubernetes: a Node with all of a machine's images in it would be larger than all else together. */
const maxImages = 50;
const maxNames = 5;

/** What a Node's status tells of its images: the largest, under their full names. */
export function imagesOfNode(images: readonly ImageSummary[]): ContainerImage[] {
  return images
    .filter(({ references, digests }) => references.length + digests.length > 0)
    .map(({ references, digests, sizeBytes }) => ({
      names: [...new Set([...digests, ...references].map(canonicalImageName))].slice(0, maxNames),
      sizeBytes,
    }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes || ((a.names[0] ?? "") < (b.names[0] ?? "") ? -1 : 1))
    .slice(0, maxImages);
}
