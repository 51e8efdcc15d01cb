import type { Whole } from "../../api/object.js";
import { podAmounts } from "../../api/scheduling/pod-amounts.js";
import { quantityNumber } from "../../api/values/quantity.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { type Eviction, evictionGraceSeconds } from "./plan-eviction.js";
import { type PodConsumption, storageOf } from "./pod-consumption.js";

const resource = "ephemeral-storage";

/** Whether a pod, a container of it or a volume of it may take only so much of the disk, so that somebody must look. */
export function limitsStorage({ spec }: Whole<Pod>): boolean {
  const hasLimit = podAmounts(spec, "limits")[resource] !== undefined;
  return hasLimit || limitedVolumes(spec).length > 0;
}

/** Volumes on disk that have a limit; one in memory is held to it by the kernel. */
function limitedVolumes({ volumes }: Whole<Pod>["spec"]) {
  return volumes.flatMap(({ name = "", volumeSource }) => {
    const { medium = "", sizeLimit } = volumeSource?.emptyDir ?? {};
    return medium === "Memory" || quantityNumber(sizeLimit) === 0 ? [] : [{ name, limit: sizeLimit }];
  });
}

/** Why a pod must go that has taken more of the disk than it may, in Kubernetes' words; undefined when it has not. */
export function planStorageEviction(consumption: PodConsumption): Eviction | undefined {
  const message = volumeProblem(consumption) ?? podProblem(consumption) ?? containerProblem(consumption);
  if (message === undefined) return undefined;
  return { pod: consumption.pod, failure: { reason: "Evicted", message, graceSeconds: evictionGraceSeconds } };
}

function volumeProblem({ pod, emptyDirBytes }: PodConsumption): string | undefined {
  const full = limitedVolumes(pod.spec).find(({ name, limit }) => (emptyDirBytes.get(name) ?? 0) > quantityNumber(limit));
  return full === undefined ? undefined : `Usage of EmptyDir volume "${full.name}" exceeds the limit "${full.limit?.string}". `;
}

function podProblem(consumption: PodConsumption): string | undefined {
  const limit = podAmounts(consumption.pod.spec, "limits")[resource];
  if (limit === undefined || storageOf(consumption) <= quantityNumber(limit)) return undefined;
  return `Pod ephemeral local storage usage exceeds the total limit of containers ${limit.string}. `;
}

function containerProblem({ pod, containers }: PodConsumption): string | undefined {
  for (const { name = "", resources } of [...pod.spec.initContainers, ...pod.spec.containers]) {
    const limit = resources?.limits[resource];
    const used = containers.get(name)?.storageBytes ?? 0;
    if (limit !== undefined && used > quantityNumber(limit))
      return `Container ${name} exceeded its local ephemeral storage limit "${limit.string}". `;
  }
  return undefined;
}
