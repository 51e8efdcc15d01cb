import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/** What a pod may be told of itself. */
export interface PodFacts {
  readonly pod: Whole<Pod>;
  /** "" while it has none. */
  readonly podIp: string;
  readonly hostIp: string;
}

/** The value of a field of a pod, as its containers are told it at their start. A label that is not there is "". */
export function podField(path: string, { pod, podIp, hostIp }: PodFacts): string {
  const { metadata, spec } = pod;
  const [, map, key = ""] = /^metadata\.(annotations|labels)\['(.*)'\]$/s.exec(path) ?? [];
  if (map !== undefined) return ownValue(map === "labels" ? metadata.labels : metadata.annotations, key);
  const fields: Readonly<Record<string, string>> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "spec.nodeName": spec.nodeName ?? "",
    // Kubernetes' admission writes the namespace's default account into pods that name none.
    "spec.serviceAccountName": spec.serviceAccountName || "default",
    "status.hostIP": hostIp,
    "status.hostIPs": hostIp,
    "status.podIP": podIp,
    "status.podIPs": podIp,
  };
  return ownValue(fields, path);
}

function ownValue(values: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(values, key) ? (values[key] ?? "") : "";
}
