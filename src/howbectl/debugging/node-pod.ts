import type { JsonObject } from "../../api/codec/json-values.js";
import { type DebugWish, debugContainer } from "./debug-container.js";
import { profileEffect } from "./debug-profile.js";

const hostVolume = "host-root";

/** A pod from which to look at a node: on it whatever its taints say, by most profiles in its namespaces, with its files at /host. */
export function nodePod(names: { readonly pod: string; readonly container: string; readonly node: string }, wish: DebugWish): JsonObject {
  const { usesHostNamespaces, mountsHostFiles } = profileEffect(wish.profile, "node");
  const before = { name: names.container, ...(mountsHostFiles ? { volumeMounts: [{ name: hostVolume, mountPath: "/host" }] } : {}) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: names.pod, labels: { "app.kubernetes.io/managed-by": "howbectl-debug" } },
    spec: {
      nodeName: names.node,
      restartPolicy: "Never",
      tolerations: [{ operator: "Exists" }],
      ...(usesHostNamespaces ? { hostNetwork: true, hostPID: true, hostIPC: true } : {}),
      ...(mountsHostFiles ? { volumes: [{ name: hostVolume, hostPath: { path: "/" } }] } : {}),
      containers: [debugContainer(before, wish, "node")],
    },
  };
}
