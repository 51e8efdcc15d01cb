import type { Whole, WholeMeta } from "../../api/object.js";
import { podHostPorts } from "../../api/scheduling/host-ports.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod, PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { type ContainerStatus, PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { OwnerReference } from "../../gen/howbernetes/meta/v1/meta.js";
import { Interned } from "./interned.js";
import { type PodInfo, type PodShape, podInfoOf } from "./pod-info.js";
import { assumedRequests, podRequests } from "./resources.js";

// Enough for all workloads whose pods come together; one that is forgotten costs memory, and being worked out again.
const mostShapes = 8_192;
const mostLabels = 16_384;

/** Pods that nobody owns are the system's when they carry one of these; all other annotations are dropped. */
const keptAnnotations = "kubernetes.io/config.";

/**
 * Lets pods alike share what they have in common. A cluster has many pods and few kinds of them: what scheduling reads
 * of a pod is dominated by a spec that its siblings have too, and what follows from it is worked out once.
 */
export class PodShapes {
  private readonly shapes = new Interned<PodShape>(mostShapes);
  private readonly labels = new Interned<Record<string, string>>(mostLabels);
  private readonly owners = new Interned<OwnerReference[]>(mostShapes);
  private readonly names = new Interned<string>(mostLabels);
  /** By the list of containers that only pods of a shape have. */
  private readonly shapeOf = new WeakMap<object, PodShape>();

  /**
   * Drops of a pod what no plugin reads, and shares the rest with pods alike: env, commands, probes, mounts, annotations
   * and managed fields make most of a pod. Of the status it keeps phase, reason, times, conditions, the promised node,
   * and of containers that have ended before how that was. An option for informers.
   */
  readonly keep = (pod: Whole<Pod>): Whole<Pod> => {
    const metadata = this.keptMetadata(pod.metadata);
    const shape = this.shape(pod.spec, metadata);
    const { nodeName } = pod.spec;
    const spec =
      nodeName === undefined || nodeName === "" ? shape.spec : { ...shape.spec, nodeName: this.names.of(nodeName, () => nodeName) };
    return { ...pod, metadata, spec, status: keptStatus(pod.status) };
  };

  /** Works out a pod; it becomes what `keep` gives unless it was so already. */
  info(pod: Whole<Pod>): PodInfo {
    const known = this.shapeOf.get(pod.spec.containers);
    if (known !== undefined) return podInfoOf(pod, known, known);
    const kept = this.keep(pod);
    const shape = this.shapeOf.get(kept.spec.containers);
    return podInfoOf(kept, shape ?? workedOut(kept.spec), shape);
  }

  private keptMetadata(metadata: WholeMeta): WholeMeta {
    const { namespace, labels, ownerReferences, annotations } = metadata;
    return {
      ...metadata,
      namespace: this.names.of(namespace, () => namespace),
      labels: this.labels.of(JSON.stringify(labels), () => labels),
      ownerReferences: ownerReferences.length === 0 ? none : this.owners.of(JSON.stringify(ownerReferences), () => ownerReferences),
      annotations: keptOf(annotations),
      finalizers: metadata.finalizers.length === 0 ? none : metadata.finalizers,
      managedFields: none,
    };
  }

  private shape(spec: PodSpec, { namespace, ownerReferences }: WholeMeta): PodShape {
    const kept = keptSpec(spec);
    const controller = ownerReferences.find((owner) => owner.controller === true)?.uid ?? "";
    return this.shapes.of(`${namespace} ${controller} ${JSON.stringify(kept)}`, () => {
      const shape = { spec: kept, ...workedOut(kept) };
      this.shapeOf.set(kept.containers, shape);
      return shape;
    });
  }
}

// Shared by all objects that have nothing there; cached objects are never changed.
const none: never[] = [];
const noAnnotations: Record<string, string> = {};
const plainContainer = Container.fromPartial({});
const plainStatus = PodStatus.fromPartial({});

const workedOut = (spec: PodSpec): Omit<PodShape, "spec"> => ({
  requests: podRequests(spec),
  assumedRequests: assumedRequests(spec),
  hostPorts: podHostPorts(spec),
});

function keptSpec(spec: PodSpec): PodSpec {
  return {
    ...spec,
    nodeName: undefined,
    containers: spec.containers.map(keptContainer),
    initContainers: spec.initContainers.map(keptContainer),
    ephemeralContainers: none,
    securityContext: undefined,
    imagePullSecrets: none,
    hostAliases: none,
    dnsConfig: undefined,
    hostname: undefined,
    subdomain: undefined,
  };
}

const keptContainer = ({ name, image, ports, resources, restartPolicy }: Container): Container => ({
  ...plainContainer,
  name,
  image,
  ports,
  resources,
  restartPolicy,
});

function keptOf(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(annotations).filter(([name]) => name.startsWith(keptAnnotations));
  return kept.length === 0 ? noAnnotations : Object.fromEntries(kept);
}

function keptStatus(status: PodStatus): PodStatus {
  const { phase, reason, startTime, conditions, nominatedNodeName } = status;
  return {
    ...plainStatus,
    phase,
    reason,
    startTime,
    conditions,
    nominatedNodeName,
    containerStatuses: keptStatuses(status.containerStatuses),
    initContainerStatuses: keptStatuses(status.initContainerStatuses),
  };
}

/** Those of containers that have ended, now or before: what is needed to know where a workload fails. */
function keptStatuses(statuses: ContainerStatus[]): ContainerStatus[] {
  const kept = statuses.filter(({ restartCount = 0, state }) => restartCount > 0 || state?.terminated !== undefined);
  return kept.length === 0 ? none : kept;
}
