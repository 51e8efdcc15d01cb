import type { Clock } from "../base/clock.js";
import type { ContainerImage } from "../gen/howbernetes/core/v1/node.js";
import type { Quantity } from "../gen/howbernetes/meta/v1/values.js";
import type { PreparedNetwork, RuntimeInfo } from "./runtime/interface.js";
import type { ReportQueue } from "./server/report-queue.js";
import { allocatableOf, nodeReport } from "./status/node-status.js";

export interface NodeReporterDeps {
  readonly queue: Pick<ReportQueue, "nodeStatus">;
  readonly nodeName: string;
  readonly version: string;
  readonly address: string;
  readonly bootId: string;
  readonly clock: Clock;
  /** The runtime has answered. */
  readonly onReady?: () => void;
}

/** Tells the api-server what the node is and whether it can run pods, whenever that changes. */
export class NodeReporter {
  private info: RuntimeInfo | undefined;
  private images: readonly ContainerImage[] = [];
  private obstacle = "";
  private notice = "";

  constructor(private readonly deps: NodeReporterDeps) {}

  /** Scheme of container ids. */
  get runtimeName(): string {
    return this.info?.name ?? "docker";
  }

  /** What the node has to give, by resource; undefined while the runtime has never answered. */
  get allocatable(): Readonly<Record<string, Quantity>> | undefined {
    return this.info === undefined ? undefined : allocatableOf(this.info);
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

  /** The node's images are others now. */
  imagesChanged(images: readonly ContainerImage[]): void {
    this.images = images;
    if (this.info !== undefined) this.report();
  }

  private report(): void {
    const { queue, nodeName, version, address, bootId, clock } = this.deps;
    const { info: runtime, images, obstacle, notice } = this;
    queue.nodeStatus(nodeReport({ nodeName, version, address, bootId, runtime, images, obstacle, notice, nowMs: clock.now() }));
  }
}
