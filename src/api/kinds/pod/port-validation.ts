import type { Container, ContainerPort } from "../../../gen/howbernetes/core/v1/container.js";
import type { FieldError } from "../../errors.js";
import { duplicate, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { ipProblems, portNameProblems, portProblems } from "../../validation/network.js";

const protocols: readonly string[] = ["SCTP", "TCP", "UDP"];

/** Every error of a container's ports. */
export function validatePorts(ports: readonly ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => validatePort(port, element(path, index), names));
}

function validatePort(port: ContainerPort, path: string, names: Set<string>): FieldError[] {
  const { name = "", containerPort = 0, hostPort = 0, protocol = "", hostIP = "" } = port;
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
  if (protocol === "") errors.push(required(at("protocol")));
  else if (!protocols.includes(protocol)) errors.push(unsupported(at("protocol"), protocol, protocols));
  if (hostIP !== "") errors.push(...ipProblems(hostIP).map((problem) => invalidValue(at("hostIP"), hostIP, problem)));
  return errors;
}

/** Two ports of one pod may not take the same port of the host, for they always share that host. */
export function validateHostPorts(containers: readonly Container[], path: string): FieldError[] {
  const taken = new Set<string>();
  return portsOf(containers, path).flatMap(({ port: { protocol, hostIP = "", hostPort = 0 }, at }) => {
    if (hostPort === 0) return [];
    const key = `${protocol}/${hostIP}/${hostPort}`;
    if (taken.has(key)) return [duplicate(child(at, "hostPort"), key)];
    taken.add(key);
    return [];
  });
}

/** In the host's network, a port of a container is one of the host. */
export function validateHostNetworkPorts(containers: readonly Container[], path: string): FieldError[] {
  return portsOf(containers, path).flatMap(({ port: { containerPort = 0, hostPort = 0 }, at }) =>
    hostPort === containerPort
      ? []
      : [invalidValue(child(at, "containerPort"), containerPort, "must match `hostPort` when `hostNetwork` is true")],
  );
}

function portsOf(containers: readonly Container[], path: string): { readonly port: ContainerPort; readonly at: string }[] {
  return containers.flatMap(({ ports }, index) => {
    const list = child(element(path, index), "ports");
    return ports.map((port, place) => ({ port, at: element(list, place) }));
  });
}
