import { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { PodOS, PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import { duplicate, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { dnsLabelProblems } from "../../validation/names.js";
import { validateEnv, validateEnvFrom } from "./env-validation.js";
import { validateEphemeral } from "./ephemeral-containers.js";
import { validateHostNetworkPorts, validateHostPorts, validatePorts } from "./port-validation.js";
import { refuseChecks, validateChecks } from "./probe-validation.js";
import { validateResources } from "./resources-validation.js";
import { validateResize, validateRestart } from "./restart-validation.js";
import { validateContainerSecurity } from "./security-validation.js";
import { validateMounts } from "./volume-mount-validation.js";

const pullPolicies: readonly string[] = ["Always", "IfNotPresent", "Never"];
const messagePolicies: readonly string[] = ["FallbackToLogsOnError", "File"];

/** Every error of a pod's containers, of both kinds, which have no name in common. */
export function validateContainers(spec: PodSpec, path: string): FieldError[] {
  const { containers, initContainers } = spec;
  const containersPath = child(path, "containers");
  const initPath = child(path, "initContainers");
  const names = new Set<string>();
  const common = commonOf(spec);
  return [
    ...(containers.length === 0 ? [required(containersPath)] : []),
    ...containers.flatMap((container, index) => validateAppContainer(container, common, { path: element(containersPath, index), names })),
    ...validateHostPorts(containers, containersPath),
    ...(spec.hostNetwork === true ? validateHostNetworkPorts(containers, containersPath) : []),
    ...initContainers.flatMap((container, index) => validateInitContainer(container, common, { path: element(initPath, index), names })),
    ...validateEphemeralContainers(common, path, names),
  ];
}

/** They are validated last: nobody else may have one of their names. */
function validateEphemeralContainers(common: Common, path: string, names: Set<string>): FieldError[] {
  return common.spec.ephemeralContainers.flatMap((container, index) => {
    const at = element(child(path, "ephemeralContainers"), index);
    const as = Container.fromPartial(container.ephemeralContainerCommon ?? {});
    return [...validateContainer(as, common, { path: at, names }), ...validateEphemeral(container, common.spec, at)];
  });
}

/** What of the pod its containers are judged by. */
interface Common {
  readonly spec: PodSpec;
  readonly graceSeconds: number;
  readonly os: PodOS | undefined;
  readonly volumeNames: ReadonlySet<string>;
}

interface Place {
  readonly path: string;
  /** Those taken already; they grow. */
  readonly names: Set<string>;
}

function commonOf(spec: PodSpec): Common {
  const volumeNames = new Set(spec.volumes.map(({ name = "" }) => name));
  return { spec, graceSeconds: spec.terminationGracePeriodSeconds ?? 0, os: spec.os, volumeNames };
}

function validateAppContainer(container: Container, common: Common, place: Place): FieldError[] {
  return [
    ...validateContainer(container, common, place),
    ...validateChecks(container, common, place.path),
    ...validateRestart(container, place.path),
    ...validateResize(container.resizePolicy, common.spec.restartPolicy ?? "", child(place.path, "resizePolicy")),
  ];
}

/** An init container comes to its end, unless it is a sidecar. */
function validateInitContainer(container: Container, common: Common, place: Place): FieldError[] {
  const isSidecar = container.restartPolicy === "Always";
  const { resizePolicy } = container;
  const resizePath = child(place.path, "resizePolicy");
  return [
    ...validateContainer(container, common, place),
    ...(isSidecar ? validateChecks(container, common, place.path) : refuseChecks(container, place.path)),
    ...validateRestart(container, place.path),
    ...(isSidecar ? validateResize(resizePolicy, common.spec.restartPolicy ?? "", resizePath) : []),
    ...(isSidecar || resizePolicy.length === 0 ? [] : [invalidValue(resizePath, resizePolicy, "must not be set for init containers")]),
  ];
}

function validateContainer(container: Container, { spec, volumeNames }: Common, { path, names }: Place): FieldError[] {
  const { securityContext, resources } = container;
  return [
    ...validateName(container.name ?? "", child(path, "name"), names),
    ...validateImage(container.image ?? "", child(path, "image")),
    ...validatePolicy(container.imagePullPolicy, pullPolicies, child(path, "imagePullPolicy")),
    ...validatePolicy(container.terminationMessagePolicy, messagePolicies, child(path, "terminationMessagePolicy")),
    ...validatePorts(container.ports, child(path, "ports")),
    ...validateEnv(container.env, child(path, "env")),
    ...validateEnvFrom(container.envFrom, child(path, "envFrom")),
    ...validateMounts(container, volumeNames, path),
    ...(resources === undefined ? [] : validateResources(resources, child(path, "resources"))),
    ...(securityContext === undefined ? [] : validateContainerSecurity(securityContext, spec, child(path, "securityContext"))),
  ];
}

function validateName(name: string, path: string, names: Set<string>): FieldError[] {
  if (name === "") return [required(path)];
  const problems = dnsLabelProblems(name).map((problem) => invalidValue(path, name, problem));
  const errors = names.has(name) ? [...problems, duplicate(path, name)] : problems;
  names.add(name);
  return errors;
}

/** Whether the image exists is found out on the node: what it is called is all that can be wrong here. */
function validateImage(image: string, path: string): FieldError[] {
  if (image === "") return [required(path)];
  return image.trim() === image ? [] : [invalidValue(path, image, "must not have leading or trailing whitespace")];
}

function validatePolicy(policy: string | undefined, supported: readonly string[], path: string): FieldError[] {
  if (!policy) return [required(path)];
  return supported.includes(policy) ? [] : [unsupported(path, policy, supported)];
}
