import { controllerOf } from "../../api/owner-reference.js";
import { ObjectReference } from "../../gen/howbernetes/core/v1/reference.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { podReference } from "../explanation/placement.js";

/** A pod like one that is placed, as its controller would make it anew: without a node. */
export function replacementOf(info: PodInfo): PodInfo {
  const { nodeName: _left, ...spec } = info.pod.spec;
  return { ...info, pod: { ...info.pod, spec: info.shape?.spec ?? spec } };
}

/**
 * To what users know a pod belongs: the Deployment of its ReplicaSet, else what controls it, else the pod itself. Whose a
 * ReplicaSet is follows from how Deployments name theirs, for the scheduler reads none of them.
 */
export function workloadOf(info: PodInfo): ObjectReference {
  const { namespace, labels } = info.pod.metadata;
  const owner = controllerOf(info.pod);
  if (owner === undefined) return podReference(info);
  const { apiVersion = "", kind = "", name = "", uid = "" } = owner;
  const hash = Object.hasOwn(labels, "pod-template-hash") ? `-${labels["pod-template-hash"]}` : undefined;
  if (kind === "ReplicaSet" && hash !== undefined && name.endsWith(hash)) {
    return ObjectReference.fromPartial({ apiVersion, kind: "Deployment", namespace, name: name.slice(0, -hash.length) });
  }
  return ObjectReference.fromPartial({ apiVersion, kind, namespace, name, uid });
}
