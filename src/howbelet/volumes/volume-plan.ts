import { quantityNumber } from "../../api/values/quantity.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { Volume } from "../../gen/howbernetes/core/v1/volume.js";
import { makePayload, type Payload, type PayloadPart, type PayloadSources } from "./payload.js";
import { failed, type VolumeProblem } from "./volume-problem.js";

/** What a volume is to be. */
export type VolumePlan =
  /** An empty folder of the pod's containers. */
  | { readonly type: "folder"; readonly mode: number; readonly medium: "disk" }
  | { readonly type: "folder"; readonly mode: number; readonly medium: "memory"; readonly sizeBytes: number | undefined }
  /** Something of the machine's own. */
  | { readonly type: "machine"; readonly path: string; readonly pathType: string }
  /** Files, which containers only read. What is secret is kept in memory alone. */
  | { readonly type: "files"; readonly payload: Payload; readonly isSecret: boolean };

export type PlannedVolume = { readonly state: "ready"; readonly plan: VolumePlan } | VolumeProblem;

/** Anybody may do anything: containers run as whatever user they like. */
const openMode = 0o777;

/** What a volume is to be, as things are now. */
export function planVolume(volume: Volume, sources: PayloadSources): PlannedVolume {
  const { emptyDir, hostPath, configMap, secret, downwardAPI, projected } = volume.volumeSource ?? {};
  if (emptyDir !== undefined) {
    const { mode = openMode, medium, sizeLimit } = emptyDir;
    if (medium !== "Memory") return ready({ type: "folder", mode, medium: "disk" });
    return ready({ type: "folder", mode, medium: "memory", sizeBytes: memorySize(quantityNumber(sizeLimit), sources.pod.spec) });
  }
  if (hostPath !== undefined) return ready({ type: "machine", path: hostPath.path ?? "", pathType: hostPath.type ?? "" });
  if (configMap !== undefined) return files([{ configMap, secret: undefined, downwardAPI: undefined }], configMap.defaultMode, sources);
  if (secret !== undefined) {
    const { secretName: name, items, optional } = secret;
    const part = { secret: { localObjectReference: { name }, items, optional }, configMap: undefined, downwardAPI: undefined };
    return files([part], secret.defaultMode, sources);
  }
  if (downwardAPI !== undefined) return files([{ downwardAPI, configMap: undefined, secret: undefined }], downwardAPI.defaultMode, sources);
  if (projected !== undefined) return files(projected.sources, projected.defaultMode, sources);
  return failed("no volume plugin matched");
}

function files(parts: readonly PayloadPart[], defaultMode: number | undefined, sources: PayloadSources): PlannedVolume {
  const made = makePayload(parts, defaultMode, sources);
  if (made.state !== "ready") return made;
  return ready({ type: "files", payload: made.payload, isSecret: parts.some(({ secret }) => secret !== undefined) });
}

function ready(plan: VolumePlan): PlannedVolume {
  return { state: "ready", plan };
}

/**
 * How much a folder in memory may hold: its limit, and no more than the pod's containers may use together, when all of
 * them are limited. Undefined: as the kernel has it, half of the machine's memory.
 */
function memorySize(limitBytes: number, { containers }: PodSpec): number | undefined {
  const bounds = [limitBytes, podMemory(containers)].filter((bytes) => bytes > 0);
  return bounds.length === 0 ? undefined : Math.ceil(Math.min(...bounds));
}

/** 0 when one of them is not limited. */
function podMemory(containers: readonly Container[]): number {
  const limits = containers.map(({ resources }) => quantityNumber(resources?.limits.memory));
  return limits.includes(0) ? 0 : limits.reduce((sum, limit) => sum + limit, 0);
}
