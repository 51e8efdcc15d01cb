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
  run(context: BenchContext): Promise<readonly Comparison[]>;
}
