import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";

/** A port of the node that a pod takes. */
export interface HostPort {
  readonly protocol: string;
  /** "0.0.0.0" for all addresses. */
  readonly ip: string;
  readonly port: number;
}

const anyAddress = "0.0.0.0";

/** The ports of the node that a pod's containers take. */
export function podHostPorts({ containers, initContainers }: PodSpec): readonly HostPort[] {
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...containers, ...sidecars]
    .flatMap(({ ports }) => ports)
    .filter(({ hostPort = 0 }) => hostPort > 0)
    .map(({ protocol = "TCP", hostIP = "", hostPort = 0 }) => ({ protocol, ip: hostIP === "" ? anyAddress : hostIP, port: hostPort }));
}

/** Whether two pods could not have these ports on one node. */
export function portsConflict(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === anyAddress || b.ip === anyAddress);
}
