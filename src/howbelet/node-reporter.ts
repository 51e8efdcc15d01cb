import type { Clock } from "../base/clock.js";
import type { PreparedNetwork, RuntimeInfo } from "./runtime/interface.js";
import type { ReportQueue } from "./server/report-queue.js";
import { nodeReport } from "./status/node-status.js";

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

  constructor(private readonly deps: NodeReporterDeps) {}

  /** Scheme of container ids. */
  get runtimeName(): string {
    return this.info?.name ?? "docker";
  }

  runtimeReady(info: RuntimeInfo, network: PreparedNetwork): void {
    this.info = info;
    this.report("", network.warning);
    this.deps.onReady?.();
  }

  runtimeAway(error: unknown): void {
    this.report(error instanceof Error ? error.message : String(error), "");
  }

  private report(obstacle: string, notice: string): void {
    const { queue, nodeName, version, address, bootId, clock } = this.deps;
    queue.nodeStatus(nodeReport({ nodeName, version, address, bootId, runtime: this.info, obstacle, notice, nowMs: clock.now() }));
  }
}
