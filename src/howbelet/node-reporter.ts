import type { Clock } from "../base/clock.js";
import type { ContainerImage } from "../gen/howbernetes/core/v1/node.js";
import type { Quantity } from "../gen/howbernetes/meta/v1/values.js";
import type { MachineIds } from "./machine-ids.js";
import type { PressureConditionType } from "./pressure/pressure-conditions.js";
import { allocatableOf, capacityOf } from "./resources/node-resources.js";
import type { NodeSettings } from "./resources/node-settings.js";
import type { PreparedNetwork, RuntimeInfo } from "./runtime/interface.js";
import type { ReportQueue } from "./server/report-queue.js";
import { nodeReport } from "./status/node-status.js";

export interface NodeReporterDeps {
  readonly queue: Pick<ReportQueue, "nodeStatus" | "nodeEvent">;
  readonly nodeName: string;
  readonly version: string;
  readonly address: string;
  readonly settings: NodeSettings;
  readonly machine: MachineIds;
  readonly clock: Clock;
  /** The runtime has answered. */
  readonly onReady?: () => void;
}

/** Tells the api-server what the node is and whether it can run pods, whenever that changes. */
export class NodeReporter {
  private info: RuntimeInfo | undefined;
  private images: readonly ContainerImage[] = [];
  private pressures: ReadonlySet<PressureConditionType> = new Set();
  private obstacle = "";
  private notice = "";

  constructor(private readonly deps: NodeReporterDeps) {}

  /** Scheme of container ids. */
  get runtimeName(): string {
    return this.info?.name ?? "docker";
  }

  /** Whether the runtime sees this machine's files. */
  get isLocal(): boolean | undefined {
    return this.info?.isLocal;
  }

  /** What the node has to give, by resource; undefined while the runtime has never answered. */
  get allocatable(): Readonly<Record<string, Quantity>> | undefined {
    const { settings } = this.deps;
    return this.info === undefined ? undefined : allocatableOf(capacityOf(this.info, settings), settings);
  }

  /** The machine's memory; undefined while the runtime has never answered. */
  get machineBytes(): number | undefined {
    return this.info?.memoryBytes;
  }

  runtimeReady(info: RuntimeInfo, network: PreparedNetwork): void {
    this.info = info;
    this.notice = network.warning;
    this.obstacle = "";
    this.report();
    this.deps.onReady?.();
  }

  runtimeAway(error: unknown): void {
    this.obstacle = error instanceof Error ? error.message : String(error);
    this.notice = "";
    this.report();
  }

  /** Tells the node's administrator something: becomes an Event of the Node. */
  event(event: Parameters<ReportQueue["nodeEvent"]>[1]): void {
    this.deps.queue.nodeEvent(this.deps.nodeName, event);
  }

  /** The node's images are others now. */
  imagesChanged(images: readonly ContainerImage[]): void {
    this.images = images;
    if (this.info !== undefined) this.report();
  }

  /** The node is short of other things now. */
  pressuresChanged(pressures: ReadonlySet<PressureConditionType>): void {
    this.pressures = pressures;
    if (this.info !== undefined) this.report();
  }

  private report(): void {
    const { queue, nodeName, version, address, settings, machine, clock } = this.deps;
    const { info: runtime, images, pressures, obstacle, notice } = this;
    const node = { nodeName, version, address, settings, machine };
    queue.nodeStatus(nodeReport({ ...node, runtime, images, pressures, obstacle, notice, nowMs: clock.now() }));
  }
}
