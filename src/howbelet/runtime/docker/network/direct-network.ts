import type { ContainerInspectInfo, MountSettings } from "dockerode";
import { RuntimeError } from "../../errors.js";
import { labelKeys } from "../../identity.js";
import type { PreparedNetwork, RuntimeScope, SandboxConfig } from "../../interface.js";
import type { DockerEngine } from "../engine.js";
import { linesOf } from "../lines.js";
import { AddressPool } from "./address-pool.js";
import { DockerNetwork } from "./docker-network.js";
import { bridgeName, ensureNetwork, networkName } from "./ensure-network.js";
import { machineDns } from "./machine-dns.js";
import { storedDns } from "./pod-dns.js";
import { PodFiles, type PodNames } from "./pod-files.js";
import type { ListedSandbox, PodNetwork, SandboxConnection, SandboxPlace } from "./pod-network.js";
import { isOwnAddress, type PodSubnet, shareSubnet } from "./subnet.js";
import { WireFitter } from "./wire-fitter.js";
import { connectSandbox, hasBridge, isConnected, isLoose, wireName } from "./wiring.js";

export interface DirectNetworkDeps {
  readonly engine: DockerEngine;
  readonly scope: RuntimeScope;
  /** Where the pods' files are kept. */
  readonly directory: string;
  /** The kernel has IPv6, which the pods' network does not carry. */
  readonly hasIpv6: boolean;
}

interface Prepared {
  readonly wantedSubnet: string;
  readonly subnet: string;
  readonly shared: PodSubnet;
  readonly addresses: AddressPool;
}

interface KnownSandbox {
  readonly name: string;
  /** Undefined for one that Docker connects. */
  readonly names: PodNames | undefined;
}

/**
 * Connects sandboxes itself to the bridge of the node's Docker network. Docker makes them with an empty network
 * namespace, which saves it running itself again, and iptables eleven times, for each; it still owns the bridge, and
 * the rules that let pods out and keep networks apart. A pod with host ports, which are Docker's to publish, is left
 * to Docker, with an address of the engine's own part of the subnet.
 *
 * Docker takes the network for unused: whoever prunes networks takes the bridge away under running pods. It is then
 * made anew under the same name, and the pods are plugged in again.
 */
export class DirectNetwork implements PodNetwork {
  readonly name = "direct";
  private readonly byDocker: DockerNetwork;
  private readonly files: PodFiles;
  private readonly known = new Map<string, KnownSandbox>();
  private readonly fitter = new WireFitter();
  private prepared: Prepared | undefined;

  constructor(private readonly deps: DirectNetworkDeps) {
    this.byDocker = new DockerNetwork(deps.engine, deps.scope);
    this.files = new PodFiles(deps.directory);
  }

  async prepare(subnet: string, signal: AbortSignal): Promise<PreparedNetwork> {
    const { engine, scope } = this.deps;
    const network = await ensureNetwork(engine, scope, { subnet, former: this.prepared?.subnet, isShared: true }, signal);
    const shared = shareSubnet(network.subnet);
    if (!network.isShared) throw unfit(`the network ${network.name} was made for Docker's use alone, and is in use`);
    if (shared === undefined) throw unfit(`the subnet ${network.subnet} is too small to share`);
    if (!hasBridge(bridgeName(scope))) throw unfit("the container engine's networks are not this machine's");
    if (this.prepared?.subnet !== network.subnet) {
      this.prepared = { wantedSubnet: subnet, subnet: network.subnet, shared, addresses: new AddressPool(shared) };
    }
    await this.takeOver(this.prepared.addresses, signal);
    return network;
  }

  place(name: string, config: SandboxConfig): SandboxPlace {
    if (config.hostNetwork || config.ports.length > 0) return this.byDocker.place(name, config);
    const { addresses, subnet } = this.mustBePrepared();
    const address = addresses.lease(name);
    if (address === undefined) throw new RuntimeError("Failed", `no address is left in the pod network ${subnet}`);
    return {
      networkMode: "none",
      networkDisabled: true,
      labels: { [labelKeys.podIp]: address },
      // As Docker does where a network has no IPv6: no program is to take a link-local address for a connection.
      sysctls: this.deps.hasIpv6 ? { "net.ipv6.conf.default.disable_ipv6": "1" } : {},
    };
  }

  placed(name: string, isMade: boolean): void {
    if (isMade) this.prepared?.addresses.settle(name);
    else this.prepared?.addresses.release(name);
  }

  async connect(info: ContainerInspectInfo, signal: AbortSignal): Promise<void> {
    const address = info.Config.Labels?.[labelKeys.podIp];
    if (address === undefined || !info.State.Running || isConnected(info.Id)) return;
    const bridge = bridgeName(this.deps.scope);
    if (!hasBridge(bridge)) await this.prepare(this.mustBePrepared().wantedSubnet, signal);
    const { shared, subnet } = this.mustBePrepared();
    if (!isOwnAddress(shared, address)) throw new RuntimeError("Failed", `the address ${address} is not of the pod network ${subnet}`);
    const { prefix, gateway } = shared;
    await connectSandbox({ sandboxId: info.Id, pid: info.State.Pid, address, prefix, gateway, bridge }, this.fitter);
  }

  async connectionOf(info: ContainerInspectInfo): Promise<SandboxConnection> {
    const { names } = await this.learn(info);
    if (names === undefined) return this.byDocker.connectionOf(info);
    const { address: ip } = names;
    // The network could be had only with another subnet: the pod needs another address.
    if (this.prepared !== undefined && !isOwnAddress(this.prepared.shared, ip)) return { ip, state: "lost" };
    return { ip, state: isConnected(info.Id) ? "connected" : "unconnected" };
  }

  async mountsFor(sandboxId: string, signal: AbortSignal): Promise<MountSettings[]> {
    const { names } = this.known.get(sandboxId) ?? (await this.lookUp(sandboxId, signal));
    if (names === undefined) return [];
    await this.files.write(sandboxId, names);
    return this.files.of(sandboxId).map(({ source, target }) => ({ Type: "bind", Source: source, Target: target }));
  }

  async removed(id: string): Promise<void> {
    const known = this.known.get(id);
    if (known === undefined) return;
    this.known.delete(id);
    this.prepared?.addresses.release(known.name);
    await this.files.remove(id);
  }

  async listing<T>(
    list: () => Promise<{ readonly sandboxes: readonly ListedSandbox[]; readonly result: T }>,
    signal: AbortSignal,
  ): Promise<T> {
    const { addresses, wantedSubnet } = this.mustBePrepared();
    const before = [...this.known.keys()];
    const mark = addresses.mark();
    const { sandboxes, result } = await list();
    addresses.keepOnly(new Set(sandboxes.map(({ name }) => name)), mark);
    const present = new Set(sandboxes.map(({ id }) => id));
    await Promise.all(before.filter((id) => !present.has(id)).map((id) => this.removed(id)));
    if (!hasBridge(bridgeName(this.deps.scope))) await this.prepare(wantedSubnet, signal);
    return result;
  }

  async guard(signal: AbortSignal): Promise<void> {
    const { engine, scope } = this.deps;
    const filters = JSON.stringify({ type: ["network"], network: [networkName(scope)], event: ["destroy"] });
    const stream = await engine.open(signal, (abortSignal) => {
      const options = { filters, abortSignal };
      return engine.docker.getEvents(options);
    });
    const mend = async (): Promise<void> => {
      for await (const line of linesOf(stream)) if (line.trim() !== "") await this.prepare(this.mustBePrepared().wantedSubnet, signal);
    };
    // When this stream breaks, so does the one of the containers' events, and everything is prepared anew; a mending
    // that fails is tried again with the next list.
    mend().catch((_seenByOthers: unknown) => undefined);
  }

  close(): void {
    this.fitter.close();
  }

  /** Takes up the sandboxes that are there, plugs in those that hang loose, and forgets the files of those that are gone. */
  private async takeOver(addresses: AddressPool, signal: AbortSignal): Promise<void> {
    const { engine, scope } = this.deps;
    const [kind, cluster, node] = [labelKeys.kind, labelKeys.cluster, labelKeys.node];
    const filters = { label: [`${kind}=sandbox`, `${cluster}=${scope.clusterUid}`, `${node}=${scope.nodeName}`] };
    const withFiles = await this.files.sandboxes();
    const all = await engine.call(signal, (abortSignal) => engine.docker.listContainers({ all: true, filters, abortSignal }));
    for (const { Names: names, Labels: labels } of all) {
      const address = labels[labelKeys.podIp];
      if (address !== undefined) addresses.claim(nameOf(names[0]), address);
    }
    const present = new Set(all.map(({ Id: id }) => id));
    await Promise.all([...withFiles].filter((id) => !present.has(id)).map((id) => this.files.remove(id)));
    const loose = [...present].filter(isLoose);
    await Promise.all(loose.map((id) => this.fitter.plug(wireName(id), bridgeName(scope))));
  }

  private async lookUp(sandboxId: string, signal: AbortSignal): Promise<KnownSandbox> {
    const { engine } = this.deps;
    return this.learn(await engine.call(signal, (abortSignal) => engine.docker.getContainer(sandboxId).inspect({ abortSignal })));
  }

  /** What an inspection tells of a sandbox stays true for its life. */
  private async learn({ Id: id, Name: fullName, Config: config, HostConfig: host }: ContainerInspectInfo): Promise<KnownSandbox> {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const name = nameOf(fullName);
    const address = config.Labels?.[labelKeys.podIp];
    const found: KnownSandbox = { name, names: address === undefined ? undefined : await namesOf(address, config, host) };
    this.known.set(id, found);
    if (address !== undefined) this.prepared?.addresses.claim(name, address);
    return found;
  }

  private mustBePrepared(): Prepared {
    if (this.prepared === undefined) throw new RuntimeError("Unavailable", "the pod network is not ready");
    return this.prepared;
  }
}

async function namesOf(
  address: string,
  { Hostname: hostname, Domainname: domainName }: ContainerInspectInfo["Config"],
  host: ContainerInspectInfo["HostConfig"],
): Promise<PodNames> {
  const machine = (await machineDns()) ?? { servers: [], searches: [], options: [] };
  const pod = { servers: strings(host.Dns), searches: strings(host.DnsSearch), options: strings(host.DnsOptions) };
  return { address, hostname, domainName, extraHosts: strings(host.ExtraHosts), dns: storedDns(pod, machine) };
}

/** Docker says null for an empty list. */
function strings(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}

/** Docker writes names with the slash of a path. */
function nameOf(fullName: string | undefined): string {
  return (fullName ?? "").replace(/^\//, "");
}

function unfit(reason: string): RuntimeError {
  return new RuntimeError("Invalid", reason);
}
