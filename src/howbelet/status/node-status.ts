import { timeFromMs } from "../../api/values/time.js";
import type { ReportRequest_NodeReport } from "../../gen/howbernetes/api/v1/nodes.js";
import { type ContainerImage, NodeStatus } from "../../gen/howbernetes/core/v1/node.js";
import type { MachineIds } from "../machine-ids.js";
import { type PressureConditionType, pressureConditionTypes, pressureTexts } from "../pressure/pressure-conditions.js";
import { allocatableOf, capacityOf } from "../resources/node-resources.js";
import type { NodeSettings } from "../resources/node-settings.js";
import type { RuntimeInfo } from "../runtime/interface.js";

/** What a Node's status is derived from. */
export interface NodeFacts {
  readonly nodeName: string;
  readonly version: string;
  readonly address: string;
  readonly machine: MachineIds;
  readonly settings: NodeSettings;
  /** As last told; undefined while the runtime has never answered. */
  readonly runtime: RuntimeInfo | undefined;
  /** Why no container can be started now; "" when they can. */
  readonly obstacle: string;
  /** Something that the administrator should know though the node works; "" for nothing. */
  readonly notice: string;
  readonly pressures: ReadonlySet<PressureConditionType>;
  readonly images: readonly ContainerImage[];
  /** Wall clock. */
  readonly nowMs: number;
}

/** What the node says of itself. Pure. */
export function nodeReport(facts: NodeFacts): ReportRequest_NodeReport {
  const { nodeName, runtime, address, settings } = facts;
  const capacity = runtime === undefined ? {} : capacityOf(runtime, settings);
  return {
    status: NodeStatus.fromPartial({
      capacity,
      allocatable: allocatableOf(capacity, settings),
      conditions: [...pressureConditionTypes.map((type) => pressureCondition(type, facts)), readyCondition(facts)],
      addresses: [
        { type: "InternalIP", address },
        { type: "Hostname", address: nodeName },
      ],
      images: [...facts.images],
      ...(runtime === undefined ? {} : { nodeInfo: nodeInfo(runtime, facts) }),
    }),
    labels: {
      "kubernetes.io/hostname": nodeName,
      ...(runtime === undefined ? {} : { "kubernetes.io/os": runtime.operatingSystem, "kubernetes.io/arch": runtime.architecture }),
    },
  };
}

function pressureCondition(type: PressureConditionType, { pressures, nowMs }: NodeFacts) {
  const status = pressures.has(type) ? "True" : "False";
  return { type, status, ...pressureTexts[type][status], ...timesAt(nowMs) };
}

function readyCondition({ obstacle, notice, nowMs }: NodeFacts) {
  const isReady = obstacle === "";
  return {
    type: "Ready",
    status: isReady ? "True" : "False",
    reason: isReady ? "KubeletReady" : "ContainerRuntimeNotReady",
    message: isReady ? ["howbelet is ready", notice].filter((part) => part !== "").join("; ") : obstacle,
    ...timesAt(nowMs),
  };
}

/** The api-server keeps the time of a transition that was none. */
function timesAt(nowMs: number) {
  const time = timeFromMs(nowMs);
  return { lastHeartbeatTime: time, lastTransitionTime: time };
}

function nodeInfo(runtime: RuntimeInfo, { version, machine }: NodeFacts) {
  return {
    // Seen from within a container, or with an engine elsewhere, it is the engine that stands for its machine.
    machineID: machine.machineId || runtime.machineId,
    systemUUID: machine.systemUuid || machine.machineId || runtime.machineId,
    bootID: machine.bootId,
    kernelVersion: runtime.kernelVersion,
    osImage: runtime.osImage,
    containerRuntimeVersion: `${runtime.name}://${runtime.version}`,
    kubeletVersion: version,
    operatingSystem: runtime.operatingSystem,
    architecture: runtime.architecture,
  };
}
