import type { EphemeralContainer, EphemeralContainerCommon } from "../../../gen/howbernetes/core/v1/container.js";
import type { Pod, PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { forbiddenField, notFoundValue } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import type { PartRules } from "../kind.js";
import { sameValue } from "../same-value.js";

const path = "spec.ephemeralContainers";
const notForEphemeral = "cannot be set for an Ephemeral Container";

/** What only containers have that a pod is made of; those that are lists or messages. */
const forbidden = [
  "ports",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
  "resizePolicy",
  "restartPolicy",
  "restartPolicyRules",
] as const satisfies readonly (keyof EphemeralContainerCommon)[];

/** A container that is put beside those of a running pod, to look at them: how a pod's list of them is written. */
export const ephemeralContainersPart: PartRules<Pod> = {
  merge: (draft, sent) => {
    draft.spec.ephemeralContainers = sent.spec.ephemeralContainers;
  },
  validateUpdate: (next, previous) => validateAdditions(next.spec, previous.spec),
};

/** Nobody makes a pod with them, nor from a template with them. */
export function refuseEphemeralContainers({ spec }: Whole<Pod>): FieldError[] {
  return spec.ephemeralContainers.length === 0 ? [] : [forbiddenField(path, "cannot be set on create")];
}

/** Every error that an ephemeral container has beyond those of any container. */
export function validateEphemeral(container: EphemeralContainer, spec: PodSpec, at: string): FieldError[] {
  const { ephemeralContainerCommon: common, targetContainerName: target } = container;
  const isThere = [...spec.containers, ...spec.initContainers].some(({ name }) => name === target);
  return [
    ...(!target || isThere ? [] : [notFoundValue(child(at, "targetContainerName"), target)]),
    ...(common === undefined ? [] : validateCommon(common, at)),
  ];
}

function validateCommon(common: EphemeralContainerCommon, at: string): FieldError[] {
  const { resources, volumeMounts } = common;
  const usesResources = Object.values(resources ?? {}).some((part) => Object.keys(part as object).length > 0);
  const set = forbidden.filter((field) => {
    const value = common[field];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  const subPaths = volumeMounts.flatMap((mount, index) =>
    (["subPath", "subPathExpr"] as const)
      .filter((field) => mount[field])
      .map((field) => child(element(child(at, "volumeMounts"), index), field)),
  );
  const paths = [...[...set, ...(usesResources ? ["resources"] : [])].map((field) => child(at, field)), ...subPaths];
  return paths.map((each) => forbiddenField(each, notForEphemeral));
}

/** What has once been put into a pod stays in it, as it is. */
function validateAdditions({ ephemeralContainers: next }: PodSpec, { ephemeralContainers: previous }: PodSpec): FieldError[] {
  return previous.flatMap((old) => {
    const name = old.ephemeralContainerCommon?.name ?? "";
    const kept = next.find(({ ephemeralContainerCommon }) => ephemeralContainerCommon?.name === name);
    if (kept === undefined) return [forbiddenField(path, `existing ephemeral containers "${name}" may not be removed`)];
    return sameValue(kept, old) ? [] : [forbiddenField(path, `existing ephemeral containers "${name}" may not be changed`)];
  });
}
