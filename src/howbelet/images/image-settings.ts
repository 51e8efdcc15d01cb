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

/** Unlike Kubernetes: three at once, not one. More only share the same line. */
export const defaultImageSettings: ImageSettings = {
  pullsAtOnce: 3,
  collection: defaultCollectionPolicy,
  machineConfig: machineRegistryConfig,
};
