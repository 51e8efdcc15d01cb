import type { Whole } from "../../../../src/api/object.js";
import type { Node } from "../../../../src/gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../../../src/gen/howbernetes/core/v1/pod.js";
import {
  Affinity,
  type PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
  type WeightedPodAffinityTerm,
} from "../../../../src/gen/howbernetes/core/v1/scheduling.js";
import { node, pod } from "../../../builders/index.js";
import type { ModelNode, ModelPod, ModelSpread, ModelTerm, WeightedTerm } from "./model.js";

const mebibyte = 1024 * 1024;

/** The Node that a model means. */
export function nodeOf(model: ModelNode): Whole<Node> {
  const { name, zone, disk, isCordoned, isReady, taints, milliCpu, mebibytes, maxPods, images } = model;
  const built = node({
    name,
    ready: isReady,
    unschedulable: isCordoned,
    taints,
    labels: {
      "kubernetes.io/hostname": name,
      ...(zone === undefined ? {} : { "topology.kubernetes.io/zone": zone }),
      ...(disk === undefined ? {} : { disk }),
    },
    allocatable: { cpu: `${milliCpu}m`, memory: `${mebibytes}Mi`, pods: String(maxPods) },
  });
  built.status.images = Object.entries(images).map(([image, size]) => ({
    names: [`docker.io/library/${image}`],
    sizeBytes: size * mebibyte,
  }));
  return built;
}

/** The Pod that a model means, on a node if it has one. */
export function podOf(model: ModelPod, nodeName = ""): Whole<Pod> {
  const { name, namespace, owner, app, milliCpu, mebibytes, hostPort, image, selectsDisk, tolerates, spread } = model;
  return pod({
    name,
    namespace,
    nodeName,
    image,
    labels: { app },
    ...(owner === undefined ? {} : { owner: { kind: "ReplicaSet", apiVersion: "apps/v1", name: owner, uid: `${namespace}-${owner}` } }),
    requests: {
      ...(milliCpu === undefined ? {} : { cpu: `${milliCpu}m` }),
      ...(mebibytes === undefined ? {} : { memory: `${mebibytes}Mi` }),
    },
    ...(hostPort === undefined ? {} : { hostPort }),
    nodeSelector: selectsDisk === undefined ? {} : { disk: selectsDisk },
    tolerations: tolerates.map((key) => Toleration.fromPartial({ key, operator: "Exists" })),
    spec: { topologySpreadConstraints: spread.map(constraintOf), affinity: affinityOf(model) },
  });
}

function constraintOf({ key, maxSkew, isHard, app, minDomains, honorsTaints }: ModelSpread): TopologySpreadConstraint {
  return TopologySpreadConstraint.fromPartial({
    topologyKey: key,
    maxSkew,
    whenUnsatisfiable: isHard ? "DoNotSchedule" : "ScheduleAnyway",
    labelSelector: { matchLabels: { app } },
    ...(minDomains === undefined || !isHard ? {} : { minDomains }),
    nodeTaintsPolicy: honorsTaints ? "Honor" : "Ignore",
  });
}

function affinityOf({ needsDisks, likesDisks, near, far, likesNear, likesFar }: ModelPod): Affinity {
  const onDisk = (disks: readonly string[]) => ({ matchExpressions: [{ key: "disk", operator: "In", values: [...disks] }] });
  return Affinity.fromPartial({
    nodeAffinity: {
      ...(needsDisks === undefined ? {} : { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [onDisk(needsDisks)] } }),
      preferredDuringSchedulingIgnoredDuringExecution: likesDisks.map(({ disk, weight }) => ({ weight, preference: onDisk([disk]) })),
    },
    podAffinity: company(near, likesNear),
    podAntiAffinity: company(far, likesFar),
  });
}

function company(required: readonly ModelTerm[], preferred: readonly WeightedTerm[]) {
  return {
    requiredDuringSchedulingIgnoredDuringExecution: required.map(termOf),
    preferredDuringSchedulingIgnoredDuringExecution: preferred.map(
      ({ weight, term }): Partial<WeightedPodAffinityTerm> => ({ weight, podAffinityTerm: termOf(term) as PodAffinityTerm }),
    ),
  };
}

function termOf({ key, app, namespaces, team }: ModelTerm): Partial<PodAffinityTerm> {
  return {
    topologyKey: key,
    labelSelector: { matchLabels: { app }, matchExpressions: [] },
    namespaces: [...namespaces],
    ...(team === undefined ? {} : { namespaceSelector: { matchLabels: { team }, matchExpressions: [] } }),
    matchLabelKeys: [],
    mismatchLabelKeys: [],
  };
}
