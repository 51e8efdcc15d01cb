import type { Whole } from "../../src/api/object.js";
import { intOrString } from "../../src/api/values/int-or-string.js";
import { DaemonSet, type DaemonSetStatus } from "../../src/gen/howbernetes/apps/v1/daemonset.js";
import { type MetadataOptions, metadata } from "./metadata.js";
import { podTemplate, type TemplateOptions } from "./pod-template.js";

/** What a test may say of a DaemonSet. */
export interface DaemonSetOptions extends MetadataOptions {
  /** { app: name } by default; the template's labels too. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly template?: TemplateOptions;
  /** "RollingUpdate" by default. */
  readonly strategy?: "RollingUpdate" | "OnDelete";
  /** 1 by default. */
  readonly maxUnavailable?: number | string;
  /** 0 by default. */
  readonly maxSurge?: number | string;
  readonly minReadySeconds?: number;
  readonly status?: Partial<DaemonSetStatus>;
}

/** A DaemonSet named agent with Kubernetes' default strategy. */
export function daemonSet(options: DaemonSetOptions = {}): Whole<DaemonSet> {
  const { name = "agent", strategy = "RollingUpdate", maxUnavailable = 1, maxSurge = 0 } = options;
  const matchLabels = { ...(options.matchLabels ?? { app: name }) };
  const rollingUpdate = { maxUnavailable: intOrString(maxUnavailable), maxSurge: intOrString(maxSurge) };
  return DaemonSet.fromPartial({
    metadata: metadata({ ...options, uid: options.uid ?? `uid-ds-${name}` }, { name, namespace: "default" }),
    spec: {
      selector: { matchLabels },
      template: podTemplate({ labels: matchLabels, ...options.template }),
      updateStrategy: { type: strategy, ...(strategy === "RollingUpdate" ? { rollingUpdate } : {}) },
      minReadySeconds: options.minReadySeconds ?? 0,
      revisionHistoryLimit: 10,
    },
    status: { observedGeneration: options.generation ?? 1, ...options.status },
  }) as Whole<DaemonSet>;
}
