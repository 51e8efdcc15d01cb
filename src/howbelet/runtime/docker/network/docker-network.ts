import type { ContainerInspectInfo, MountSettings } from "dockerode";
import { labelKeys } from "../../identity.js";
import type { PreparedNetwork, RuntimeScope, SandboxConfig } from "../../interface.js";
import type { DockerEngine } from "../engine.js";
import { ensureNetwork, networkName } from "./ensure-network.js";
import type { ListedSandbox, PodNetwork, SandboxConnection, SandboxPlace } from "./pod-network.js";
import { isConnected } from "./wiring.js";

/** Leaves it to Docker to connect sandboxes to the node's network: works with every engine, wherever it runs. */
export class DockerNetwork implements PodNetwork {
  readonly name = "docker";

  constructor(
    private readonly engine: DockerEngine,
    private readonly scope: RuntimeScope,
  ) {}

  prepare(subnet: string, signal: AbortSignal): Promise<PreparedNetwork> {
    return ensureNetwork(this.engine, this.scope, { subnet, isShared: false }, signal);
  }

  place(_name: string, { hostNetwork }: Pick<SandboxConfig, "hostNetwork">): SandboxPlace {
    return { networkMode: hostNetwork ? "host" : networkName(this.scope), networkDisabled: false, labels: {}, sysctls: {} };
  }

  placed(): void {
    // Docker keeps its own books.
  }

  async connect(): Promise<void> {
    // Docker has done it.
  }

  async connectionOf(info: ContainerInspectInfo): Promise<SandboxConnection> {
    const ip = info.Config.Labels?.[labelKeys.podIp];
    // From a time when the agent connected sandboxes itself.
    if (ip !== undefined) return { ip, state: isConnected(info.Id) ? "connected" : "lost" };
    const addresses = Object.values(info.NetworkSettings.Networks ?? {}).map(({ IPAddress: address }) => address);
    return { ip: addresses.find((address) => address !== "") ?? "", state: "connected" };
  }

  async mountsFor(): Promise<MountSettings[]> {
    return [];
  }

  async removed(): Promise<void> {
    // As in `placed`.
  }

  async listing<T>(list: () => Promise<{ readonly sandboxes: readonly ListedSandbox[]; readonly result: T }>): Promise<T> {
    return (await list()).result;
  }

  async guard(): Promise<void> {
    // Docker lets nobody remove a network while it has connected containers to it.
  }

  close(): void {
    // Nothing is held.
  }
}
