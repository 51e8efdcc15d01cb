import type { Whole } from "../../src/api/object.js";
import { intOrString } from "../../src/api/values/int-or-string.js";
import { Deployment, type DeploymentStatus } from "../../src/gen/howbernetes/apps/v1/deployment.js";
import { type MetadataOptions, metadata } from "./metadata.js";
import { podTemplate, type TemplateOptions } from "./pod-template.js";

/** What a test may say of a Deployment. */
export interface DeploymentOptions extends MetadataOptions {
  /** 1 by default. */
  readonly replicas?: number;
  /** { app: name } by default; the template's labels too. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly template?: TemplateOptions;
  /** "RollingUpdate" by default. */
  readonly strategy?: "RollingUpdate" | "Recreate";
  /** "25%" by default. */
  readonly maxSurge?: number | string;
  /** "25%" by default. */
  readonly maxUnavailable?: number | string;
  readonly minReadySeconds?: number;
  readonly paused?: boolean;
  readonly revisionHistoryLimit?: number;
  readonly progressDeadlineSeconds?: number;
  readonly status?: Partial<DeploymentStatus>;
}

/** A Deployment named web with Kubernetes' default strategy. */
export function deployment(options: DeploymentOptions = {}): Whole<Deployment> {
  const { name = "web", replicas = 1, strategy = "RollingUpdate", maxSurge = "25%", maxUnavailable = "25%" } = options;
  const matchLabels = { ...(options.matchLabels ?? { app: name }) };
  const rollingUpdate = { maxSurge: intOrString(maxSurge), maxUnavailable: intOrString(maxUnavailable) };
  return Deployment.fromPartial({
    metadata: metadata({ ...options, uid: options.uid ?? `uid-deployment-${name}` }, { name, namespace: "default" }),
    spec: {
      replicas,
      selector: { matchLabels },
      template: podTemplate({ labels: matchLabels, ...options.template }),
      strategy: { type: strategy, ...(strategy === "RollingUpdate" ? { rollingUpdate } : {}) },
      minReadySeconds: options.minReadySeconds ?? 0,
      paused: options.paused ?? false,
      revisionHistoryLimit: options.revisionHistoryLimit ?? 10,
      progressDeadlineSeconds: options.progressDeadlineSeconds ?? 600,
    },
    status: { observedGeneration: options.generation ?? 1, ...options.status },
  }) as Whole<Deployment>;
}
