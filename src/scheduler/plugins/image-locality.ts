import { canonicalImageName } from "../../api/values/image-name.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { ClusterView } from "../cluster/cluster-view.js";
import { maxScore, type PodScore, type ScorePlugin } from "../framework/plugin.js";

// Kubernetes': less is pulled in no time; more makes no difference. The latter for each image of a pod.
const mebibyte = 1024 * 1024;
const leastBytes = 23 * mebibyte;
const mostBytes = 1000 * mebibyte;

/**
 * Prefers nodes that have a pod's images already, by their size. An image counts for less the fewer nodes have it, or
 * all pods with that image would be drawn to the node where the first one ran.
 */
export const imageLocality: ScorePlugin = {
  name: "ImageLocality",
  // How many nodes have an image changes with other nodes.
  scope: "cluster",
  prepareScore: ({ pod: { spec } }, cluster) => prepareScore(imagesOf(spec), cluster),
};

function prepareScore(images: readonly string[], cluster: ClusterView): PodScore | undefined {
  const nodeCount = cluster.nodes().length;
  const present = images
    .map(canonicalImageName)
    .map((image) => ({ image, spread: cluster.nodesWithImage(image) / nodeCount }))
    .filter(({ spread }) => spread > 0);
  if (present.length === 0) return undefined;
  const most = mostBytes * images.length;
  return {
    score: ({ images: sizes }) => {
      if (sizes.size === 0) return 0;
      let bytes = 0;
      for (const { image, spread } of present) bytes += (sizes.get(image) ?? 0) * spread;
      return (maxScore * (Math.min(Math.max(bytes, leastBytes), most) - leastBytes)) / (most - leastBytes);
    },
  };
}

/** The images that a node has to have before a pod runs. */
function imagesOf({ containers, initContainers, volumes }: PodSpec): readonly string[] {
  const images = [...initContainers, ...containers].map(({ image = "" }) => image);
  return [...images, ...volumes.flatMap(({ volumeSource }) => volumeSource?.image?.reference ?? [])];
}
