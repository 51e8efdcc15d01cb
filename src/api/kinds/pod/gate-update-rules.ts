import type { PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Affinity, NodeSelectorRequirement, NodeSelectorTerm } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, invalidValue } from "../../validation/field-error.js";
import { element } from "../../validation/field-path.js";
import { sameValue } from "../same-value.js";

const onlyAdditions = "only additions are allowed (no mutations or deletions)";

/** Whether the pod waits for others before it may be scheduled at all. */
export function isGated({ schedulingGates }: PodSpec): boolean {
  return schedulingGates.length > 0;
}

/** Every error of a change of a pod's gates: they open, and do not close again. */
export function validateGateChange(next: PodSpec, previous: PodSpec): FieldError[] {
  const before = new Set(previous.schedulingGates.map(({ name }) => name));
  return next.schedulingGates.flatMap(({ name = "" }, index) => {
    if (before.has(name)) return [];
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [forbiddenField(element("spec.schedulingGates", index), detail)];
  });
}

/** Every error of a change of where a gated pod may go: to fewer nodes, never to others. */
export function validatePlacementChange(next: PodSpec, previous: PodSpec): FieldError[] {
  const isKept = Object.entries(previous.nodeSelector).every(([key, value]) => next.nodeSelector[key] === value);
  return [
    ...(isKept ? [] : [invalidValue("spec.nodeSelector", next.nodeSelector, onlyAdditions)]),
    ...validateTermsChange(requiredTerms(next.affinity), requiredTerms(previous.affinity)),
  ];
}

/** The next spec with what a gated pod may change put back to what it was. */
export function withPreviousPlacement(next: PodSpec, previous: PodSpec): PodSpec {
  return { ...next, nodeSelector: previous.nodeSelector, affinity: withNodeAffinityOf(next.affinity, previous.affinity) };
}

function requiredTerms(affinity: Affinity | undefined): readonly NodeSelectorTerm[] {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
}

/** Terms are alternatives: one more would let in further nodes, and a requirement within one fewer. */
function validateTermsChange(next: readonly NodeSelectorTerm[], previous: readonly NodeSelectorTerm[]): FieldError[] {
  const path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
  if (previous.length === 0) return [];
  if (next.length !== previous.length) {
    return [invalidValue(path, next, "no additions/deletions to non-empty NodeSelectorTerms list are allowed")];
  }
  return previous.flatMap((term, index) => {
    const changed = next[index];
    return changed !== undefined && hasOnlyAdditions(changed, term) ? [] : [invalidValue(element(path, index), changed, onlyAdditions)];
  });
}

function hasOnlyAdditions(next: NodeSelectorTerm, previous: NodeSelectorTerm): boolean {
  const wasEmpty = previous.matchExpressions.length + previous.matchFields.length === 0;
  // A term of nothing matches no node; with a requirement it would match some.
  if (wasEmpty) return sameValue(next, previous);
  return startsWith(next.matchExpressions, previous.matchExpressions) && startsWith(next.matchFields, previous.matchFields);
}

function startsWith(next: readonly NodeSelectorRequirement[], previous: readonly NodeSelectorRequirement[]): boolean {
  return previous.every((requirement, index) => sameValue(next[index], requirement));
}

function withNodeAffinityOf(next: Affinity | undefined, previous: Affinity | undefined): Affinity | undefined {
  const hasOther = next?.podAffinity !== undefined || next?.podAntiAffinity !== undefined;
  if (previous === undefined && !hasOther) return undefined;
  return { podAffinity: undefined, podAntiAffinity: undefined, ...next, nodeAffinity: previous?.nodeAffinity };
}
