import { controllerOf } from "../../api/owner-reference.js";
import type { PodInfo } from "../cluster/pod-info.js";

/** What of a pod is asked about where pods are counted: pods of one class are counted together. */
export interface PodClass {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** "" for a pod without a controller. */
  readonly controllerUid: string;
  /** Whether it is being deleted. */
  readonly isTerminating: boolean;
}

export function podClassOf({ pod }: PodInfo): PodClass {
  const { metadata } = pod;
  return {
    namespace: metadata.namespace,
    labels: metadata.labels,
    controllerUid: controllerOf(pod)?.uid ?? "",
    isTerminating: metadata.deletionTimestamp !== undefined,
  };
}

/** Equal for equal classes only. No part can contain what separates them. */
export function formatPodClass({ namespace, labels, controllerUid, isTerminating }: PodClass): string {
  let text = `${namespace};${controllerUid};${isTerminating}`;
  for (const key of Object.keys(labels).sort()) text += `;${key}=${labels[key]}`;
  return text;
}
