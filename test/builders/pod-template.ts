import { PodTemplateSpec } from "../../src/gen/howbernetes/core/v1/pod.js";

/** What a test may say of a pod template. */
export interface TemplateOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/** A template of one container. */
export function podTemplate({
  labels = {},
  annotations = {},
  image = "busybox:1.36",
  nodeSelector = {},
}: TemplateOptions = {}): PodTemplateSpec {
  return PodTemplateSpec.fromPartial({
    metadata: { labels: { ...labels }, annotations: { ...annotations } },
    spec: {
      containers: [{ name: "main", image }],
      restartPolicy: "Always",
      schedulerName: "default-scheduler",
      nodeSelector: { ...nodeSelector },
    },
  });
}
