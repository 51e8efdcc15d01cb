import type { Whole } from "../../api/object.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { ConfigStore } from "../config/config-store.js";
import { containersOf } from "../pods/pod-containers.js";
import { type Environment, type EnvironmentProblem, hasSources, makeEnvironment } from "./environment.js";

export interface EnvironmentsDeps {
  readonly configs: Pick<ConfigStore, "knownTo">;
  readonly hostIp: string;
  /** Of the node, by resource; undefined while that is not known. */
  readonly allocatable: () => Readonly<Record<string, Quantity>> | undefined;
}

/** Makes the environments of a node's containers, from what the node knows at the time. */
export class Environments {
  constructor(private readonly deps: EnvironmentsDeps) {}

  /** `sandboxIp` is "" while there is no sandbox, and for one in the node's own network. */
  of(pod: Whole<Pod>, container: Container, sandboxIp: string): Environment {
    const { configs, hostIp, allocatable } = this.deps;
    const { uid, namespace } = pod.metadata;
    return makeEnvironment(container, {
      pod,
      podIp: pod.spec.hostNetwork === true ? hostIp : sandboxIp,
      hostIp,
      allocatable: allocatable(),
      configOf: ({ kind, name }) => configs.knownTo(uid, { kind, namespace, name }),
    });
  }

  /** Of a pod's containers, by name, those whose environment cannot be made now, and why. */
  problemsOf(pod: Whole<Pod>): ReadonlyMap<string, EnvironmentProblem> {
    const problems = new Map<string, EnvironmentProblem>();
    for (const { container } of containersOf(pod)) {
      const environment = hasSources(container) ? this.of(pod, container, "") : undefined;
      if (environment !== undefined && environment.state !== "ready") problems.set(container.name ?? "", environment);
    }
    return problems;
  }
}
