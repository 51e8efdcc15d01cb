import type { Whole } from "../../../api/object.js";
import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import type { FlightRecord } from "../../../gen/howbernetes/flight/v1/flight_record.js";
import type { PodFacts } from "../facts.js";
import type { ObjectRef } from "../finding.js";
import { type PodTemplate, templateOf } from "../pod-template.js";
import { coreRef } from "../suggestions.js";

/** A pod to be diagnosed, and what is asked of it again and again. */
export interface PodCase extends PodFacts {
  readonly nowMs: number;
  readonly ref: ObjectRef;
  readonly template: PodTemplate;
}

/** A container of such a pod. */
export interface ContainerCase {
  readonly name: string;
  readonly container: Container;
  /** Where it stands in the pod, for patches: "/spec/containers/0". */
  readonly path: string;
  readonly role: "init" | "sidecar" | "app";
  readonly status: ContainerStatus | undefined;
  /** Its last death that was recorded. */
  readonly flight: Whole<FlightRecord> | undefined;
}

/** A pod's case. */
export function podCase(facts: PodFacts, nowMs: number): PodCase {
  const { namespace, name } = facts.pod.metadata;
  return { ...facts, nowMs, ref: coreRef("Pod", namespace, name), template: templateOf(facts.pod, facts.controllers) };
}

/** The pod's containers in the order in which they start. */
export function containerCases({ pod, flights }: PodFacts): readonly ContainerCase[] {
  const { spec, status } = pod;
  const caseOf =
    (list: "initContainers" | "containers") =>
    (container: Container, index: number): ContainerCase => {
      const { name = "" } = container;
      const statuses = list === "containers" ? status.containerStatuses : status.initContainerStatuses;
      const role = list === "containers" ? "app" : container.restartPolicy === "Always" ? "sidecar" : "init";
      return {
        name,
        container,
        path: `/spec/${list}/${index}`,
        role,
        status: statuses.find((each) => each.name === name),
        flight: flights.find(({ flight }) => flight?.container === name),
      };
    };
  return [...spec.initContainers.map(caseOf("initContainers")), ...spec.containers.map(caseOf("containers"))];
}

/** What a pod's condition says. */
export function conditionOf({ status }: Pick<Whole<Pod>, "status">, type: string) {
  return status.conditions.find((condition) => condition.type === type);
}
