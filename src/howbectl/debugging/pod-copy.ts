import type { Json, JsonObject } from "../../api/codec/json-values.js";
import { isObject, listAt, objectAt, stringAt } from "../manifests/json-fields.js";
import { type DebugWish, debugContainer } from "./debug-container.js";
import { profileEffect } from "./debug-profile.js";

/** What a copy of a pod is to be like. */
export interface CopyWish extends DebugWish {
  readonly copyTo: string;
  /** Of the container to look from: one of the pod's, or a new one; undefined where only images change. */
  readonly container: string | undefined;
  /** Images by container; "*" is every container. */
  readonly images: ReadonlyMap<string, string>;
  /** Undefined leaves it to the profile. */
  readonly shareProcesses: boolean | undefined;
  readonly sameNode: boolean;
  readonly keep: Readonly<Record<"labels" | "annotations" | "liveness" | "readiness" | "startup" | "initContainers", boolean>>;
}

/** A copy of a pod to look into: nobody's, and by default no service's, nor ended by probes that it would fail. */
export function copyOfPod(pod: JsonObject, wish: CopyWish): JsonObject {
  const { keep, copyTo, container, images } = wish;
  const metadata = objectAt(pod, "metadata");
  const { nodeName: _node, ephemeralContainers: _ephemeral, initContainers: _init, ...spec } = objectAt(pod, "spec");
  const { sharesProcesses } = profileEffect(wish.profile, "copy");
  const nodeName = stringAt(objectAt(pod, "spec"), "nodeName");
  const changed = listAt(pod.spec, "containers").map((each) => withImage(withoutProbes(each, keep), images));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: copyTo,
      ...(keep.labels ? { labels: metadata.labels } : {}),
      ...(keep.annotations ? { annotations: metadata.annotations } : {}),
    },
    spec: {
      ...spec,
      ...(keep.initContainers ? { initContainers: listAt(pod.spec, "initContainers").map((each) => withImage(each, images)) } : {}),
      ...(wish.sameNode && nodeName !== undefined ? { nodeName } : {}),
      ...(wish.shareProcesses === undefined && !sharesProcesses ? {} : { shareProcessNamespace: wish.shareProcesses ?? sharesProcesses }),
      containers: container === undefined ? changed : withContainer(changed, container, wish),
    },
  };
}

function withContainer(containers: readonly Json[], name: string, wish: CopyWish): Json[] {
  const isIt = (each: Json): boolean => stringAt(each, "name") === name;
  if (!containers.some(isIt)) return [...containers, debugContainer({ name }, wish, "copy")];
  return containers.map((each) => (isIt(each) && isObject(each) ? debugContainer(each, wish, "copy") : each));
}

function withImage(container: Json, images: ReadonlyMap<string, string>): Json {
  const image = images.get(stringAt(container, "name") ?? "") ?? images.get("*");
  return image === undefined || !isObject(container) ? container : { ...container, image };
}

function withoutProbes(container: Json, keep: CopyWish["keep"]): Json {
  if (!isObject(container)) return container;
  const { livenessProbe, readinessProbe, startupProbe, ...rest } = container;
  return {
    ...rest,
    ...(keep.liveness && livenessProbe !== undefined ? { livenessProbe } : {}),
    ...(keep.readiness && readinessProbe !== undefined ? { readinessProbe } : {}),
    ...(keep.startup && startupProbe !== undefined ? { startupProbe } : {}),
  };
}
