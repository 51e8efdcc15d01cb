import { normalize } from "node:path/posix";
import type { ContainerCreateOptions, HostConfig, MountSettings } from "dockerode";
import { containerName, identityLabels } from "../identity.js";
import type { ContainerConfig, Mount, PortMapping, RuntimeScope, SandboxConfig } from "../interface.js";
import { confinementOptions, type EngineAbilities } from "./confinement-options.js";
import type { SandboxPlace } from "./network/pod-network.js";
import type { DnsSettings } from "./network/resolv-conf.js";
import { sandboxCommand } from "./sandbox-image.js";

/** Docker's scheduler period: quotas are given per this many microseconds. */
const cpuPeriodMicros = 100_000;
/** The kernel's least number of shares, which whoever asks for no CPU gets, and its most. */
const minCpuShares = 2;
const maxCpuShares = 262_144;
/** Kubernetes' rotation of container logs. */
const logConfig = { Type: "json-file", Config: { "max-size": "10m", "max-file": "5" } };

/**
 * The confinement of the sandbox's program. Of what Docker does by default to contain a program that may be hostile,
 * that takes time and is left out: a filter of system calls, and covers over parts of /proc and /sys. The program is
 * ours, of some twenty instructions that read nothing; it has no capabilities, a file system that it cannot write, and
 * nothing beside it that could be executed. The pod's own containers get all of Docker's defaults.
 */
export const emptySandboxHostConfig: HostConfig = {
  // The pod's containers join its IPC namespace, which Docker allows only when it was made shareable.
  IpcMode: "shareable",
  RestartPolicy: { Name: "no" },
  LogConfig: { Type: "none", Config: {} },
  CapDrop: ["ALL"],
  ReadonlyRootfs: true,
  // No OomScoreAdj: an engine that is itself confined may not lower it, and fails the start; and a process of one
  // page is the last that the kernel picks anyway.
  SecurityOpt: ["no-new-privileges", "seccomp=unconfined"],
  MaskedPaths: [],
  ReadonlyPaths: [],
};

/** What of a sandbox follows from the engine and its network. */
export interface SandboxMaking {
  readonly image: string;
  readonly place: SandboxPlace;
  readonly dns: DnsSettings;
}

/** What Docker is asked for a sandbox: it carries all that Docker refuses on the containers that join it. */
export function sandboxCreateOptions(
  scope: RuntimeScope,
  config: SandboxConfig,
  { image, place, dns }: SandboxMaking,
): ContainerCreateOptions & { readonly name: string } {
  return {
    name: containerName(config.identity),
    Image: image,
    Cmd: [...sandboxCommand],
    Labels: { ...identityLabels(scope, config.identity), ...place.labels },
    ...(config.hostNetwork ? {} : { Hostname: config.hostname, Domainname: config.domainName }),
    ...(place.networkDisabled ? { NetworkDisabled: true } : {}),
    ExposedPorts: Object.fromEntries(config.ports.map((port) => [portKey(port), {}])),
    HostConfig: {
      ...emptySandboxHostConfig,
      ...(config.ipc === "host" ? { IpcMode: "host" } : {}),
      NetworkMode: place.networkMode,
      Sysctls: { ...place.sysctls, ...config.sysctls },
      PortBindings: Object.fromEntries(
        config.ports.map((port) => [portKey(port), [{ HostIp: port.hostIP, HostPort: String(port.hostPort) }]]),
      ),
      Dns: [...dns.servers],
      DnsSearch: [...dns.searches],
      DnsOptions: [...dns.options],
      ExtraHosts: config.extraHosts.map(({ hostname, ip }) => `${hostname}:${ip}`),
    },
  };
}

/** What Docker is asked for a container of a pod. Of two things at one place the pod's own is seen, not the network's. */
export function containerCreateOptions(
  scope: RuntimeScope,
  config: ContainerConfig,
  networkMounts: readonly MountSettings[],
  abilities: EngineAbilities,
): ContainerCreateOptions {
  const { confinement } = config;
  const own = new Set(config.mounts.map(({ target }) => normalize(target)));
  const mounts = [...networkMounts.filter(({ Target: target }) => !own.has(target)), ...config.mounts.map(mountSettings)];
  return {
    name: containerName(config.identity),
    Image: config.image,
    ...(config.command.length > 0 ? { Entrypoint: [...config.command] } : {}),
    ...(config.args.length > 0 ? { Cmd: [...config.args] } : {}),
    Env: config.env.map(({ name, value }) => `${name}=${value}`),
    ...(config.workingDir === "" ? {} : { WorkingDir: config.workingDir }),
    ...(config.stopSignal === "" ? {} : { StopSignal: config.stopSignal }),
    ...(confinement.user === "" ? {} : { User: confinement.user }),
    Labels: identityLabels(scope, config.identity),
    Tty: config.tty,
    OpenStdin: config.stdin,
    StdinOnce: config.stdinOnce,
    HostConfig: {
      NetworkMode: `container:${config.sandboxId}`,
      RestartPolicy: { Name: "no" },
      LogConfig: logConfig,
      Mounts: mounts,
      ...resourceLimits(config),
      ...confinementOptions(confinement, config.sandboxId, abilities),
    },
  };
}

/** Written as `Mounts` rather than as `Binds`: a source that is not there is then an error, not a new folder. */
function mountSettings({ source, target, isReadOnly, propagation }: Mount): MountSettings {
  return {
    Type: "bind",
    Source: source,
    Target: target,
    ReadOnly: isReadOnly,
    // Private is the engine's default; said aloud, it would be refused for a folder that holds the engine's own files.
    ...(propagation === "private" ? {} : { BindOptions: { Propagation: propagation } }),
  };
}

function resourceLimits({ cpuLimitMilli, cpuRequestMilli, memoryLimitBytes }: ContainerConfig): HostConfig {
  return {
    // A quota rather than NanoCpus, which Docker refuses when it is more than the machine has.
    ...(cpuLimitMilli === undefined
      ? {}
      : { CpuPeriod: cpuPeriodMicros, CpuQuota: Math.max(1000, cpuLimitMilli * (cpuPeriodMicros / 1000)) }),
    CpuShares: Math.min(maxCpuShares, Math.max(minCpuShares, Math.floor(((cpuRequestMilli ?? 0) * 1024) / 1000))),
    // Memory and swap together, so that a limit is not doubled by swapping.
    ...(memoryLimitBytes === undefined ? {} : { Memory: memoryLimitBytes, MemorySwap: memoryLimitBytes }),
  };
}

function portKey(port: PortMapping): string {
  return `${port.containerPort}/${port.protocol}`;
}
