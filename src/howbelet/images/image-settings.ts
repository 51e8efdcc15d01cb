import { machineRegistryConfig } from "./machine-registry-config.js";
import { type CollectionPolicy, defaultCollectionPolicy } from "./plan-collection.js";

/** What a node's administrator may say of its images. */
export interface ImageSettings {
  /** Images that are pulled at once. */
  readonly pullsAtOnce: number;
  readonly collection: CollectionPolicy;
  /** The machine's own Docker configuration, as text; undefined where there is none. */
  readonly machineConfig: () => Promise<string | undefined>;
}

/** Unlike Kubernetes: three pulls at once, not one. More would only share the same line. */
export const defaultImageSettings: ImageSettings = {
  pullsAtOnce: 3,
  collection: defaultCollectionPolicy,
  machineConfig: machineRegistryConfig,
};

/** What the command line may say of them. */
export interface ImageSettingFlags {
  readonly maxParallelImagePulls?: number;
  readonly imageGcHighThreshold?: number;
  readonly imageGcLowThreshold?: number;
  readonly minimumImageTtlDuration?: number;
}

/** The flags; `parsePeriodMs` reads "2m". */
export const imageSettingFlags = (parsePeriodMs: (text: string) => number) =>
  [
    {
      flags: "--max-parallel-image-pulls <count>",
      description: "how many images are pulled at once (default: 3)",
      parse: parsePullsAtOnce,
    },
    {
      flags: "--image-gc-high-threshold <percent>",
      description: "remove images that nobody needs when so much of the disk is in use; 100 never does (default: 85)",
      parse: parsePercent,
    },
    {
      flags: "--image-gc-low-threshold <percent>",
      description: "remove them until no more than so much is in use (default: 80)",
      parse: parsePercent,
    },
    {
      flags: "--minimum-image-ttl-duration <period>",
      description: "leave images that came, or were needed, less than this ago (default: 2m)",
      parse: parsePeriodMs,
    },
  ] as const;

/** The settings that flags make. @throws Error, in words for people, when they contradict each other */
export function imageSettings(flags: ImageSettingFlags): ImageSettings {
  const highPercent = flags.imageGcHighThreshold ?? defaultCollectionPolicy.highPercent;
  const lowPercent = flags.imageGcLowThreshold ?? Math.min(defaultCollectionPolicy.lowPercent, highPercent);
  if (lowPercent > highPercent)
    throw new Error(`--image-gc-low-threshold ${lowPercent} is above --image-gc-high-threshold ${highPercent}: it must not be`);
  return {
    ...defaultImageSettings,
    pullsAtOnce: flags.maxParallelImagePulls ?? defaultImageSettings.pullsAtOnce,
    collection: { highPercent, lowPercent, minAgeMs: flags.minimumImageTtlDuration ?? defaultCollectionPolicy.minAgeMs },
  };
}

function parsePullsAtOnce(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1000) return count;
  throw new Error("must be a whole number from 1 to 1000");
}

function parsePercent(text: string): number {
  const percent = Number(text);
  if (/^\d+$/.test(text) && percent <= 100) return percent;
  throw new Error("must be a whole number from 0 to 100");
}
