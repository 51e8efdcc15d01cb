import { createHash } from "node:crypto";
import type { Whole } from "../../api/object.js";
import { milliOf, quantityNumber } from "../../api/values/quantity.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod, PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { Confinement } from "../runtime/confinement.js";
import { RuntimeError } from "../runtime/errors.js";
import {
  type ContainerConfig,
  type ContainerIdentity,
  type ContainerKind,
  type DnsConfig,
  type Mount,
  type PortMapping,
  type SandboxConfig,
  sandboxName,
} from "../runtime/interface.js";
import { ipcOf } from "./confinements.js";
import { expandVariables } from "./env-expansion.js";
import { sysctlsOf } from "./sysctls.js";

/** Longest host name that a DNS label may be. */
const maxHostnameLength = 63;
/** Longest host name that the kernel takes. */
const maxFullNameLength = 64;
/** Longest domain name that the kernel takes. */
const maxDomainNameLength = 64;
const clusterDomain = "cluster.local";

/**
 * What the runtime is told to make of a pod's surroundings.
 * @throws RuntimeError Invalid when the kernel cannot take the full name that the pod wants for its host name
 */
export function sandboxSettings(pod: Whole<Pod>, attempt: number): SandboxConfig {
  const { spec } = pod;
  const hostNetwork = spec.hostNetwork ?? false;
  return {
    identity: { ...identityOf(pod), container: sandboxName, kind: "sandbox", specHash: "", attempt },
    ...namesOf(pod),
    hostNetwork,
    // In the machine's network there is nothing to be led there.
    ports: hostNetwork ? [] : servingContainers(spec).flatMap(hostPorts),
    dns: dnsOf(spec),
    extraHosts: spec.hostAliases.flatMap(({ ip = "", hostnames }) => hostnames.map((hostname) => ({ ip, hostname }))),
    ipc: ipcOf(pod),
    sysctls: sysctlsOf(spec),
  };
}

/** Those that run while the pod does: its containers and its sidecars. */
function servingContainers({ initContainers, containers }: PodSpec): readonly Container[] {
  return [...initContainers.filter(({ restartPolicy }) => restartPolicy === "Always"), ...containers];
}

/** There is no DNS of the cluster's yet: as in Kubernetes without one, every policy but None means the node's own. */
function dnsOf({ dnsPolicy, dnsConfig }: PodSpec): DnsConfig {
  return {
    extendsMachine: dnsPolicy !== "None",
    servers: dnsConfig?.nameservers ?? [],
    searches: dnsConfig?.searches ?? [],
    options: (dnsConfig?.options ?? []).map(({ name = "", value }) => (value ? `${name}:${value}` : name)),
  };
}

function namesOf(pod: Whole<Pod>): Pick<SandboxConfig, "hostname" | "domainName"> {
  const { spec, metadata } = pod;
  if (spec.hostnameOverride) return { hostname: spec.hostnameOverride, domainName: "" };
  const hostname = (spec.hostname || metadata.name).slice(0, maxHostnameLength).replace(/[.-]+$/, "");
  const domain = domainName(pod);
  if (spec.setHostnameAsFQDN !== true || !spec.subdomain) return { hostname, domainName: domain };
  const fullName = `${hostname}.${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}`;
  if (fullName.length <= maxFullNameLength) return { hostname: fullName, domainName: "" };
  const problem = `FQDN ${fullName} is too long (${maxFullNameLength} characters is the max, ${fullName.length} characters requested)`;
  throw new RuntimeError("Invalid", `failed to construct FQDN from pod hostname and cluster domain, ${problem}`);
}

/** Only a pod with a subdomain has a full name. One that the kernel could not take would keep the pod from starting. */
function domainName({ metadata, spec }: Whole<Pod>): string {
  const { subdomain = "" } = spec;
  const name = subdomain === "" ? "" : `${subdomain}.${metadata.namespace}.svc.${clusterDomain}`;
  return name.length > maxDomainNameLength ? "" : name;
}

/** What of a container does not follow from its spec. */
export interface ContainerMaking {
  readonly image: string;
  readonly attempt: number;
  readonly sandboxId: string;
  /** Its environment. Not in its hash: a container stays the same one whatever becomes of its configuration. */
  readonly variables: ReadonlyMap<string, string>;
  readonly confinement: Confinement;
  /** What it sees of the pod's volumes. */
  readonly mounts: readonly Mount[];
}

/** What the runtime is told to make of a container of a pod. */
export function containerSettings(pod: Whole<Pod>, container: Container, made: ContainerMaking): ContainerConfig {
  const { variables } = made;
  const limits = container.resources?.limits ?? {};
  const requests = container.resources?.requests ?? {};
  return {
    identity: {
      ...identityOf(pod),
      container: container.name ?? "",
      kind: kindOf(pod, container),
      specHash: specHash(container),
      attempt: made.attempt,
    },
    image: made.image,
    command: container.command.map((word) => expandVariables(word, variables)),
    args: container.args.map((word) => expandVariables(word, variables)),
    env: [...variables].map(([name, value]) => ({ name, value })),
    workingDir: container.workingDir ?? "",
    stopSignal: container.lifecycle?.stopSignal ?? "",
    sandboxId: made.sandboxId,
    mounts: made.mounts,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    cpuLimitMilli: present(milliOf(limits.cpu)),
    cpuRequestMilli: present(milliOf(requests.cpu ?? limits.cpu)),
    memoryLimitBytes: present(Math.ceil(quantityNumber(limits.memory))),
    confinement: made.confinement,
  };
}

/** By the list of the spec that it is in. */
function kindOf({ spec }: Whole<Pod>, { name }: Container): ContainerKind {
  if (spec.initContainers.some((each) => each.name === name)) return "init";
  return spec.containers.some((each) => each.name === name) ? "app" : "ephemeral";
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
