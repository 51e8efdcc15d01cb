import type { JsonObject } from "../../api/codec/json-values.js";

/** What `create deployment` is told. */
export interface DeploymentParts {
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
  readonly port: number | undefined;
  readonly command: readonly string[];
}

/** The Deployment that kubectl would make of the same words. */
export function deploymentManifest({ name, image, replicas, port, command }: DeploymentParts): JsonObject {
  const labels = { app: name };
  const container: JsonObject = {
    name: containerName(image),
    image,
    resources: {},
    ...(command.length === 0 ? {} : { command }),
    ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: {},
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}

/** The image's last path element without tag and digest, made fit for a container's name. */
function containerName(image: string): string {
  const last = image.split("/").at(-1) ?? image;
  const bare = last.split("@")[0]?.split(":")[0] ?? last;
  return bare.toLowerCase().replace(/[^a-z0-9-]/g, "-");
}
