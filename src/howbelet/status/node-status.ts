import { timeFromMs } from "../../api/values/time.js";
import type { ReportRequest_NodeReport } from "../../gen/howbernetes/api/v1/nodes.js";
import { type ContainerImage, NodeStatus } from "../../gen/howbernetes/core/v1/node.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { RuntimeInfo } from "../runtime/interface.js";

/** Kubernetes' default. */
const maxPods = 110;

/** What a Node's status is derived from. */
export interface NodeFacts {
  readonly nodeName: string;
  readonly version: string;
  readonly address: string;
  /** Identity of the howbelet process. */
  readonly bootId: string;
  /** As last told; undefined while the runtime has never answered. */
  readonly runtime: RuntimeInfo | undefined;
  /** The machine's images. */
  readonly images: readonly ContainerImage[];
  /** Why no container can be started now; "" when they can. */
  readonly obstacle: string;
  /** Something that the administrator should know though the node works; "" for nothing. */
  readonly notice: string;
  /** Wall clock. */
  readonly nowMs: number;
}

/** What the node says of itself. Pure. */
export function nodeReport(facts: NodeFacts): ReportRequest_NodeReport {
  const { nodeName, runtime, address, images } = facts;
  const resources = runtime === undefined ? {} : allocatableOf(runtime);
  return {
    status: NodeStatus.fromPartial({
      capacity: resources,
      allocatable: resources,
      conditions: [readyCondition(facts)],
      images: [...images],
      addresses: [
        { type: "InternalIP", address },
        { type: "Hostname", address: nodeName },
      ],
      ...(runtime === undefined ? {} : { nodeInfo: nodeInfo(runtime, facts) }),
    }),
    labels: {
      "kubernetes.io/hostname": nodeName,
      ...(runtime === undefined ? {} : { "kubernetes.io/os": runtime.operatingSystem, "kubernetes.io/arch": runtime.architecture }),
    },
  };
}

/** What a machine has to give to pods: all that it has. */
export function allocatableOf({ cpus, memoryBytes, storageBytes }: RuntimeInfo): Readonly<Record<string, Quantity>> {
  const kibibytes = (bytes: number): Quantity => ({ string: `${Math.floor(bytes / 1024)}Ki` });
  return {
    cpu: { string: String(cpus) },
    memory: kibibytes(memoryBytes),
    ...(storageBytes === undefined ? {} : { "ephemeral-storage": kibibytes(storageBytes) }),
    pods: { string: String(maxPods) },
  };
}

function readyCondition({ obstacle, notice, nowMs }: NodeFacts) {
  const isReady = obstacle === "";
  const time = timeFromMs(nowMs);
  return {
    type: "Ready",
    status: isReady ? "True" : "False",
    reason: isReady ? "KubeletReady" : "ContainerRuntimeNotReady",
    message: isReady ? ["howbelet is ready", notice].filter((part) => part !== "").join("; ") : obstacle,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  };
}

function nodeInfo(runtime: RuntimeInfo, { version, bootId }: NodeFacts) {
  return {
    machineID: runtime.machineId,
    systemUUID: runtime.machineId,
    bootID: bootId,
    kernelVersion: runtime.kernelVersion,
    osImage: runtime.osImage,
    containerRuntimeVersion: `${runtime.name}://${runtime.version}`,
    kubeletVersion: version,
    operatingSystem: runtime.operatingSystem,
    architecture: runtime.architecture,
  };
}
