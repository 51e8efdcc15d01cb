import type { Container, ContainerPort, EnvVar } from "../../../gen/howbernetes/core/v1/container.js";
import type { FieldError } from "../../errors.js";
import { duplicate, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { dnsLabelProblems } from "../../validation/names.js";
import { ipProblems, portNameProblems, portProblems } from "../../validation/network.js";
import { validateResources } from "./resources-validation.js";

const pullPolicies: readonly string[] = ["Always", "IfNotPresent", "Never"];
const protocols: readonly string[] = ["SCTP", "TCP", "UDP"];
const messagePolicies: readonly string[] = ["FallbackToLogsOnError", "File"];

/** Every error of a pod's containers; `names` are those taken already, and grow. */
export function validateContainers(containers: readonly Container[], path: string, names: Set<string>): FieldError[] {
  return [
    ...containers.flatMap((container, index) => validateContainer(container, element(path, index), names)),
    ...validateHostPorts(containers, path),
  ];
}

function validateContainer(container: Container, path: string, names: Set<string>): FieldError[] {
  return [
    ...validateContainerName(container.name ?? "", child(path, "name"), names),
    ...validateImage(container.image ?? "", child(path, "image")),
    ...validatePolicy(container.imagePullPolicy, pullPolicies, child(path, "imagePullPolicy")),
    ...validatePolicy(container.terminationMessagePolicy, messagePolicies, child(path, "terminationMessagePolicy")),
    ...validatePorts(container.ports, child(path, "ports")),
    ...validateEnv(container.env, child(path, "env")),
    ...(container.resources === undefined ? [] : validateResources(container.resources, child(path, "resources"))),
  ];
}

function validateContainerName(name: string, path: string, names: Set<string>): FieldError[] {
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

function validatePorts(ports: readonly ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => validatePort(port, element(path, index), names));
}

function validatePort(port: ContainerPort, path: string, names: Set<string>): FieldError[] {
  const { name = "", containerPort = 0, hostPort = 0, hostIP = "" } = port;
  const at = (field: keyof ContainerPort): string => child(path, field);
  const errors: FieldError[] = [];
  if (name !== "") {
    errors.push(...portNameProblems(name).map((problem) => invalidValue(at("name"), name, problem)));
    if (names.has(name)) errors.push(duplicate(at("name"), name));
    names.add(name);
  }
  if (containerPort === 0) errors.push(required(at("containerPort")));
  else errors.push(...portProblems(containerPort).map((problem) => invalidValue(at("containerPort"), containerPort, problem)));
  if (hostPort !== 0) errors.push(...portProblems(hostPort).map((problem) => invalidValue(at("hostPort"), hostPort, problem)));
  errors.push(...validatePolicy(port.protocol, protocols, at("protocol")));
  if (hostIP !== "") errors.push(...ipProblems(hostIP).map((problem) => invalidValue(at("hostIP"), hostIP, problem)));
  return errors;
}

/** Two ports of one pod may not take the same port of the host, for they always share that host. */
function validateHostPorts(containers: readonly Container[], path: string): FieldError[] {
  const taken = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, { ports }] of containers.entries()) {
    for (const [place, { protocol, hostIP = "", hostPort = 0 }] of ports.entries()) {
      if (hostPort === 0) continue;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      const at = child(element(child(element(path, index), "ports"), place), "hostPort");
      if (taken.has(key)) errors.push(duplicate(at, key));
      taken.add(key);
    }
  }
  return errors;
}

function validateEnv(env: readonly EnvVar[], path: string): FieldError[] {
  return env.flatMap(({ name = "" }, index) => {
    const at = child(element(path, index), "name");
    if (name === "") return [required(at)];
    return isEnvName(name) ? [] : [invalidValue(at, name, envNameMessage)];
  });
}

const envNameMessage = "a valid environment variable name must consist only of printable ASCII characters other than '='";

function isEnvName(name: string): boolean {
  return /^[ -<>-~]+$/.test(name);
}
