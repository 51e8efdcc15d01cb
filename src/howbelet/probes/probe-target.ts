import type { Container } from "../../gen/howbernetes/core/v1/container.js";

/** A running container that may have probes. */
export interface ProbeTarget {
  readonly container: Container;
  readonly id: string;
  /** Where HTTP, TCP and gRPC probes go that name no host. */
  readonly podIp: string;
  /** Wall clock of the runtime. */
  readonly startedAtMs: number;
  /** What was known of this very container before the agent was restarted. */
  readonly wasStarted: boolean;
  readonly wasReady: boolean;
}
