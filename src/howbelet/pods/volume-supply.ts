import type { Whole } from "../../api/object.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { EnvironmentProblem } from "../containers/environment.js";
import type { Mount } from "../runtime/interface.js";

/** Where the volumes of a node's pods come from. */
export interface VolumeSupply {
  /** Starts making a pod's volumes, and follows what they are made of. May be repeated. */
  hold(pod: Whole<Pod>): void;
  /** Of a pod's containers, by name, those whose volumes cannot be had now, and why. */
  problemsOf(pod: Whole<Pod>): ReadonlyMap<string, EnvironmentProblem>;
  /** @throws RuntimeError Misconfigured when what a mount names cannot be had in its volume */
  mountsFor(pod: Whole<Pod>, container: Container, variables: ReadonlyMap<string, string>): Promise<readonly Mount[]>;
  /** They follow nothing any more. */
  release(podUid: string): void;
  /** Once no container of the pod runs: nothing is left of them. */
  remove(podUid: string): Promise<void>;
}
