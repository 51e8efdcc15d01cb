import type { Whole } from "../../src/api/object.js";
import { StatefulSet, type StatefulSetSpec, type StatefulSetStatus } from "../../src/gen/howbernetes/apps/v1/statefulset.js";
import { type MetadataOptions, metadata } from "./metadata.js";
import { podTemplate, type TemplateOptions } from "./pod-template.js";

/** What a test may say of a StatefulSet. */
export interface StatefulSetOptions extends MetadataOptions {
  /** 1 by default. */
  readonly replicas?: number;
  /** { app: name } by default; the template's labels too. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly template?: TemplateOptions;
  /** Further fields of the spec. */
  readonly spec?: Partial<StatefulSetSpec>;
  readonly status?: Partial<StatefulSetStatus>;
}

/** A StatefulSet named db with Kubernetes' default strategy. */
export function statefulSet(options: StatefulSetOptions = {}): Whole<StatefulSet> {
  const { name = "db", replicas = 1 } = options;
  const matchLabels = { ...(options.matchLabels ?? { app: name }) };
  return StatefulSet.fromPartial({
    metadata: metadata({ ...options, uid: options.uid ?? `uid-sts-${name}` }, { name, namespace: "default" }),
    spec: {
      replicas,
      serviceName: name,
      selector: { matchLabels },
      template: podTemplate({ labels: matchLabels, ...options.template }),
      podManagementPolicy: "OrderedReady",
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      ...options.spec,
    },
    status: { replicas: 0, observedGeneration: options.generation ?? 1, ...options.status },
  }) as Whole<StatefulSet>;
}
