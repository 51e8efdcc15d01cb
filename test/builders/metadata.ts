import type { WholeMeta } from "../../src/api/object.js";
import { timeFromMs } from "../../src/api/values/time.js";
import { ObjectMeta, type OwnerReference } from "../../src/gen/howbernetes/meta/v1/meta.js";

/** What every builder takes. */
export interface MetadataOptions {
  readonly name?: string;
  readonly namespace?: string;
  /** By default made of namespace and name, so that equal names are one object. */
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  /** Its controller. */
  readonly owner?: Owner | undefined;
  /** Owner references as they stand, besides the controller's. */
  readonly ownerReferences?: readonly Partial<OwnerReference>[];
  readonly generation?: number;
  readonly resourceVersion?: string;
  /** Marked for deletion. */
  readonly deleting?: boolean;
  /** Seconds that it was given then; 30 by default. */
  readonly graceSeconds?: number;
  /** When it was created, in milliseconds since 1970. */
  readonly createdMs?: number;
}

/** An owner to refer to: any object that a builder made, and its kind. */
export interface Owner {
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly uid: string;
}

/** The moment at which built objects were created, unless they say otherwise: 2026-01-01. */
export const birthMs = Date.UTC(2026, 0, 1);

/** Builds an object's metadata; `defaults` are the kind's. */
export function metadata(options: MetadataOptions, defaults: { readonly name: string; readonly namespace: string }): WholeMeta {
  const { name = defaults.name, namespace = defaults.namespace, owner, deleting = false, createdMs = birthMs } = options;
  const controller = owner === undefined ? [] : [{ ...owner, controller: true, blockOwnerDeletion: true }];
  return ObjectMeta.fromPartial({
    name,
    namespace,
    uid: options.uid ?? `uid-${namespace}-${name}`,
    resourceVersion: options.resourceVersion ?? "1",
    generation: options.generation ?? 1,
    creationTimestamp: timeFromMs(createdMs),
    ...(deleting ? { deletionTimestamp: timeFromMs(createdMs + 60_000), deletionGracePeriodSeconds: options.graceSeconds ?? 30 } : {}),
    labels: { ...options.labels },
    annotations: { ...options.annotations },
    finalizers: [...(options.finalizers ?? [])],
    ownerReferences: [...controller, ...(options.ownerReferences ?? [])],
  }) as WholeMeta;
}
