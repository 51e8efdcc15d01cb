import { createHash } from "node:crypto";
import type { Whole } from "../../api/object.js";
import { milliOf, quantityNumber } from "../../api/values/quantity.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { type ContainerConfig, type ContainerIdentity, type Mount, type PortMapping, type SandboxConfig, sandboxName } from "../runtime/interface.js";
import { expandVariables } from "./env-expansion.js";

/** Longest host name that the kernel takes. */
const maxHostnameLength = 63;
/** Longest domain name that the kernel takes. */
const maxDomainNameLength = 64;

/** What the runtime is told to make of a pod's surroundings. */
export function sandboxSettings(pod: Whole<Pod>, attempt: number): SandboxConfig {
  const { spec } = pod;
  const { dnsConfig } = spec;
  return {
    identity: { ...identityOf(pod), container: sandboxName, kind: "sandbox", specHash: "", attempt },
    hostname: (spec.hostname || pod.metadata.name).slice(0, maxHostnameLength).replace(/[.-]+$/, ""),
    domainName: domainName(pod),
    hostNetwork: spec.hostNetwork ?? false,
    ports: spec.containers.flatMap(hostPorts),
    dns: {
      servers: dnsConfig?.nameservers ?? [],
      searches: dnsConfig?.searches ?? [],
      options: (dnsConfig?.options ?? []).map(({ name = "", value }) => (value ? `${name}:${value}` : name)),
    },
    extraHosts: spec.hostAliases.flatMap(({ ip = "", hostnames }) => hostnames.map((hostname) => ({ ip, hostname }))),
  };
}

/** Only a pod with a subdomain has a full name. One that the kernel could not take would keep the pod from starting. */
function domainName({ metadata, spec }: Whole<Pod>): string {
  const { subdomain = "" } = spec;
  const name = subdomain === "" ? "" : `${subdomain}.${metadata.namespace}.svc.cluster.local`;
  return name.length > maxDomainNameLength ? "" : name;
}

/** What of a container does not follow from its spec. */
export interface ContainerMaking {
  readonly image: string;
  readonly attempt: number;
  readonly sandboxId: string;
  /** Its environment. Not in its hash: a container stays the same one whatever becomes of its configuration. */
  readonly variables: ReadonlyMap<string, string>;
  /** What it sees of the pod's volumes. */
  readonly mounts: readonly Mount[];
}

/** What the runtime is told to make of a container of a pod. */
export function containerSettings(pod: Whole<Pod>, container: Container, made: ContainerMaking): ContainerConfig {
  const { variables } = made;
  const limits = container.resources?.limits ?? {};
  const requests = container.resources?.requests ?? {};
  return {
    identity: { ...identityOf(pod), container: container.name ?? "", kind: "app", specHash: specHash(container), attempt: made.attempt },
    image: made.image,
    command: container.command.map((word) => expandVariables(word, variables)),
    args: container.args.map((word) => expandVariables(word, variables)),
    env: [...variables].map(([name, value]) => ({ name, value })),
    workingDir: container.workingDir ?? "",
    sandboxId: made.sandboxId,
    mounts: made.mounts,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    cpuLimitMilli: present(milliOf(limits.cpu)),
    cpuRequestMilli: present(milliOf(requests.cpu ?? limits.cpu)),
    memoryLimitBytes: present(Math.ceil(quantityNumber(limits.memory))),
  };
}

function identityOf(pod: Whole<Pod>): Pick<ContainerIdentity, "podUid" | "podNamespace" | "podName"> {
  const { uid, namespace, name } = pod.metadata;
  return { podUid: uid, podNamespace: namespace, podName: name };
}

function hostPorts({ ports }: Container): PortMapping[] {
  return ports.flatMap(({ containerPort = 0, hostPort = 0, hostIP = "", protocol }) =>
    hostPort === 0 ? [] : [{ containerPort, hostPort, hostIP, protocol: protocolOf(protocol) }],
  );
}

function protocolOf(protocol: string | undefined): PortMapping["protocol"] {
  return protocol === "UDP" ? "udp" : protocol === "SCTP" ? "sctp" : "tcp";
}

function specHash(container: Container): string {
  return createHash("sha256").update(Container.encode(container).finish()).digest("hex").slice(0, 16);
}

/** Zero is "no limit", as in Kubernetes. */
function present(value: number): number | undefined {
  return value > 0 ? value : undefined;
}
