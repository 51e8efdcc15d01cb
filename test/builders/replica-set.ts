import type { Whole } from "../../src/api/object.js";
import { ReplicaSet, type ReplicaSetStatus } from "../../src/gen/howbernetes/apps/v1/replicaset.js";
import { type MetadataOptions, metadata, type Owner } from "./metadata.js";
import { podTemplate, type TemplateOptions } from "./pod-template.js";

/** What a test may say of a ReplicaSet. */
export interface ReplicaSetOptions extends MetadataOptions {
  /** 1 by default. */
  readonly replicas?: number;
  /** { app: name } by default; the template's labels too. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly minReadySeconds?: number;
  readonly template?: TemplateOptions;
  readonly status?: Partial<ReplicaSetStatus>;
}

/** A ReplicaSet named web whose selector and template say { app: "web" }. */
export function replicaSet(options: ReplicaSetOptions = {}): Whole<ReplicaSet> {
  const { name = "web", replicas = 1, minReadySeconds = 0 } = options;
  const matchLabels = { ...(options.matchLabels ?? { app: name }) };
  return ReplicaSet.fromPartial({
    metadata: metadata({ ...options, uid: options.uid ?? `uid-rs-${name}` }, { name, namespace: "default" }),
    spec: { replicas, minReadySeconds, selector: { matchLabels }, template: podTemplate({ labels: matchLabels, ...options.template }) },
    status: { replicas: 0, observedGeneration: options.generation ?? 1, ...options.status },
  }) as Whole<ReplicaSet>;
}

/** A reference to a ReplicaSet, for `pod({ owner })`. */
export function ownedBy(owner: Whole<ReplicaSet>): Owner {
  return { apiVersion: "apps/v1", kind: "ReplicaSet", name: owner.metadata.name, uid: owner.metadata.uid };
}
