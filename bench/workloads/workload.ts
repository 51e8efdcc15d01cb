import type { Engine } from "../harness/engine.js";
import type { Comparison } from "../harness/measurement.js";
import type { Subject } from "../harness/subject.js";

export interface BenchContext {
  readonly subject: Subject;
  readonly engine: Engine;
}

/** One numbered benchmark. */
export interface Workload {
  /** As "B1". */
  readonly id: string;
  readonly title: string;
  /** It compares with Docker Swarm. */
  readonly needsSwarm: boolean;
  /** howbernetes takes no part. */
  readonly isOfEngineAlone?: boolean;
  run(context: BenchContext): Promise<readonly Comparison[]>;
}

/** One numbered benchmark of the api-server alone: it starts what it needs, and needs no Docker. */
export interface ServerWorkload {
  readonly id: string;
  readonly title: string;
  run(): Promise<readonly Comparison[]>;
}
