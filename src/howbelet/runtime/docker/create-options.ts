import type { ContainerCreateOptions, HostConfig } from "dockerode";
import { containerName, identityLabels } from "../identity.js";
import type { ContainerConfig, PortMapping, RuntimeScope, SandboxConfig } from "../interface.js";
import { sandboxCommand } from "./sandbox-image.js";

/** Docker's scheduler period: quotas are given per this many microseconds. */
const cpuPeriodMicros = 100_000;
/** The kernel's least number of shares. */
const minCpuShares = 2;
/** Kubernetes' rotation of container logs. */
const logConfig = { Type: "json-file", Config: { "max-size": "10m", "max-file": "5" } };

/** What Docker is asked for a sandbox: it carries all that Docker refuses on the containers that join it. */
export function sandboxCreateOptions(scope: RuntimeScope, config: SandboxConfig, image: string, network: string): ContainerCreateOptions {
  const { dns } = config;
  const hostConfig: HostConfig = {
    NetworkMode: config.hostNetwork ? "host" : network,
    // The pod's containers join its IPC namespace, which Docker allows only when it was made shareable.
    IpcMode: "shareable",
    RestartPolicy: { Name: "no" },
    PortBindings: Object.fromEntries(
      config.ports.map((port) => [portKey(port), [{ HostIp: port.hostIP, HostPort: String(port.hostPort) }]]),
    ),
    Dns: [...dns.servers],
    DnsSearch: [...dns.searches],
    DnsOptions: [...dns.options],
    ExtraHosts: config.extraHosts.map(({ hostname, ip }) => `${hostname}:${ip}`),
    LogConfig: { Type: "none", Config: {} },
    CapDrop: ["ALL"],
    ReadonlyRootfs: true,
    // No OomScoreAdj: an engine that is itself confined may not lower it, and fails the start; and a process of one
    // page is the last that the kernel picks anyway.
    SecurityOpt: ["no-new-privileges"],
  };
  return {
    name: containerName(config.identity),
    Image: image,
    Cmd: [...sandboxCommand],
    Labels: identityLabels(scope, config.identity),
    ...(config.hostNetwork ? {} : { Hostname: config.hostname }),
    ExposedPorts: Object.fromEntries(config.ports.map((port) => [portKey(port), {}])),
    HostConfig: hostConfig,
  };
}

/** What Docker is asked for a container of a pod. */
export function containerCreateOptions(scope: RuntimeScope, config: ContainerConfig): ContainerCreateOptions {
  return {
    name: containerName(config.identity),
    Image: config.image,
    ...(config.command.length > 0 ? { Entrypoint: [...config.command] } : {}),
    ...(config.args.length > 0 ? { Cmd: [...config.args] } : {}),
    Env: config.env.map(({ name, value }) => `${name}=${value}`),
    ...(config.workingDir === "" ? {} : { WorkingDir: config.workingDir }),
    Labels: identityLabels(scope, config.identity),
    Tty: config.tty,
    OpenStdin: config.stdin,
    StdinOnce: config.stdinOnce,
    HostConfig: {
      NetworkMode: `container:${config.sandboxId}`,
      IpcMode: `container:${config.sandboxId}`,
      RestartPolicy: { Name: "no" },
      LogConfig: logConfig,
      ...resourceLimits(config),
    },
  };
}

function resourceLimits({ cpuLimitMilli, cpuRequestMilli, memoryLimitBytes }: ContainerConfig): HostConfig {
  return {
    // A quota rather than NanoCpus, which Docker refuses when it is more than the machine has.
    ...(cpuLimitMilli === undefined
      ? {}
      : { CpuPeriod: cpuPeriodMicros, CpuQuota: Math.max(1000, cpuLimitMilli * (cpuPeriodMicros / 1000)) }),
    ...(cpuRequestMilli === undefined ? {} : { CpuShares: Math.max(minCpuShares, Math.floor((cpuRequestMilli * 1024) / 1000)) }),
    // Memory and swap together, so that a limit is not doubled by swapping.
    ...(memoryLimitBytes === undefined ? {} : { Memory: memoryLimitBytes, MemorySwap: memoryLimitBytes }),
  };
}

function portKey(port: PortMapping): string {
  return `${port.containerPort}/${port.protocol}`;
}
