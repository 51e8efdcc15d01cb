import type { Whole } from "../../api/object.js";
import type { ContainerPort } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { containersOf } from "../pods/pod-containers.js";
import { UsageError } from "../usage-error.js";

/** A port here and the pod's that it leads to. */
export interface PortPair {
  /** 0 for any that is free. */
  readonly local: number;
  readonly remote: number;
}

/**
 * Reads `5000`, `8888:5000`, `:5000` and the same with a name of one of the pod's ports.
 *
 * @throws UsageError on what is no port, or not the pod's, or spoken to by UDP alone
 */
export function parsePortPair(text: string, pod: Whole<Pod>): PortPair {
  const parts = text.split(":");
  const [first = "", second = first] = parts;
  if (parts.length > 2) throw new UsageError(`invalid port format '${text}'`);
  if (second === "") throw new UsageError("remote port cannot be empty");
  const remote = remotePort(second, pod);
  const local = parts.length === 1 ? remote : parsePort(first === "" ? "0" : first, "local");
  return { local, remote };
}

function remotePort(text: string, pod: Whole<Pod>): number {
  const ports = containersOf(pod).flatMap(({ ports: own }) => own);
  const number = /^\d+$/.test(text) ? parsePort(text, "remote") : namedPort(text, ports, pod);
  if (number === 0) throw new UsageError("remote port must be > 0");
  const protocols = ports.filter(({ containerPort }) => containerPort === number).map(({ protocol }) => protocol || "TCP");
  if (protocols.includes("UDP") && !protocols.includes("TCP")) throw new UsageError(`UDP protocol is not supported for ${text}`);
  return number;
}

function namedPort(name: string, ports: readonly ContainerPort[], { metadata }: Whole<Pod>): number {
  const found = ports.find((port) => port.name === name)?.containerPort;
  if (found === undefined) throw new UsageError(`pod '${metadata.name}' does not have a named port '${name}'`);
  return found;
}

const highestPort = 65_535;

function parsePort(text: string, side: "local" | "remote"): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(port)) throw new UsageError(`error parsing ${side} port '${text}': invalid syntax`);
  if (port > highestPort) throw new UsageError(`error parsing ${side} port '${text}': value out of range`);
  return port;
}
