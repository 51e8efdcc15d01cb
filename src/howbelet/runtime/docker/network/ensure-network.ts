import { createHash } from "node:crypto";
import type { NetworkInspectInfo } from "dockerode";
import { isContainerNotFound, RuntimeError } from "../../errors.js";
import { labelKeys } from "../../identity.js";
import type { PreparedNetwork, RuntimeScope } from "../../interface.js";
import { type DockerEngine, statusCodeOf } from "../engine.js";
import { shareSubnet } from "./subnet.js";

/** Names the bridge of a network. */
const bridgeOption = "com.docker.network.bridge.name";

/** Name of the network that a node's pods are in: per cluster and node, for one engine may serve several of either. */
export function networkName({ clusterUid, nodeName }: RuntimeScope): string {
  const cluster = createHash("sha256").update(clusterUid).digest("hex").slice(0, 8);
  return `howbe-${cluster}-${nodeName}`;
}

/** Name of the network's bridge where pods are connected by the agent: the same when the network has to be made anew. */
export function bridgeName({ clusterUid, nodeName }: RuntimeScope): string {
  // The kernel takes 15 letters.
  return `howbe-${createHash("sha256").update(`${clusterUid}/${nodeName}`).digest("hex").slice(0, 8)}`;
}

/** What kind of network is wanted. */
export interface NetworkWish {
  /** "" leaves the choice to the engine. */
  readonly subnet: string;
  /** The subnet that it had before, which running pods have addresses of: it is tried first. */
  readonly former?: string | undefined;
  /** The agent gives out addresses too: the engine keeps to its part of the subnet, and the bridge has a name of ours. */
  readonly isShared: boolean;
}

/**
 * Makes sure that the node's pod network exists. Subnets are disjoint within a cluster by allocation, but another
 * cluster on the same engine, or the user's own networks, may already have this one; since pods are reachable only on
 * their node, a subnet of the engine's choosing then serves as well, and the caller is told.
 *
 * A network that nothing is in is made anew if it is not shared and should be; one that is in use stays as it is, and
 * `isShared` of the result tells.
 */
export async function ensureNetwork(
  engine: DockerEngine,
  scope: RuntimeScope,
  wish: NetworkWish,
  signal: AbortSignal,
): Promise<PreparedNetwork & { readonly isShared: boolean }> {
  const name = networkName(scope);
  const existing = await inspectNetwork(engine, name, signal);
  if (existing !== undefined) {
    const prepared = ours(existing, scope, wish.subnet);
    const isInUse = Object.keys(existing.Containers ?? {}).length > 0;
    if (prepared.isShared || !wish.isShared || isInUse) return prepared;
    await removeNetwork(engine, existing.Id, signal);
  }
  const warning = await createNetwork(engine, scope, wish, signal);
  const created = await inspectNetwork(engine, name, signal);
  if (created === undefined) throw new RuntimeError("Failed", `network ${name} vanished as soon as it was made`);
  const prepared = ours(created, scope, wish.subnet);
  return warning === "" ? prepared : { ...prepared, warning };
}

async function createNetwork(engine: DockerEngine, scope: RuntimeScope, wish: NetworkWish, signal: AbortSignal): Promise<string> {
  const { isShared, former, subnet } = { ...wish, subnet: wish.former ?? wish.subnet };
  try {
    await requestNetwork(engine, scope, { subnet, isShared }, signal);
    return "";
  } catch (error: unknown) {
    // Somebody else, perhaps an earlier run of ourselves, was first: its labels decide.
    if (statusCodeOf(error) === 409) return "";
    if (subnet === "" || !/overlap/i.test(error instanceof Error ? error.message : "")) throw error;
    if (former !== undefined) return createNetwork(engine, scope, { subnet: wish.subnet, isShared }, signal);
    await requestNetwork(engine, scope, { subnet: "", isShared }, signal);
    return `the node's subnet ${subnet} overlaps another network of this container engine: it chose one itself`;
  }
}

async function requestNetwork(engine: DockerEngine, scope: RuntimeScope, wish: NetworkWish, signal: AbortSignal): Promise<void> {
  const { subnet, isShared } = wish;
  const pool = isShared ? shareSubnet(subnet) : undefined;
  const config = { Subnet: subnet, ...(pool === undefined ? {} : { Gateway: pool.gateway, IPRange: pool.engineRange }) };
  const options = {
    Name: networkName(scope),
    Driver: "bridge",
    // Without it Docker makes a second network of the same name.
    CheckDuplicate: true,
    Labels: { [labelKeys.cluster]: scope.clusterUid, [labelKeys.node]: scope.nodeName },
    ...(isShared ? { Options: { [bridgeOption]: bridgeName(scope) } } : {}),
    ...(subnet === "" ? {} : { IPAM: { Driver: "default", Config: [config] } }),
  };
  const network = await engine.call(signal, (abortSignal) => engine.docker.createNetwork({ ...options, abortSignal }));
  if (!isShared || subnet !== "") return;
  // Which part of a subnet is Docker's can be said only of a subnet that is given: what it chose is given to it.
  const chosen = (await inspectNetwork(engine, network.id, signal))?.IPAM?.Config?.[0]?.Subnet ?? "";
  await removeNetwork(engine, network.id, signal);
  if (chosen === "") throw new RuntimeError("Failed", "the container engine chose no subnet for the pod network");
  await requestNetwork(engine, scope, { subnet: chosen, isShared }, signal);
}

async function removeNetwork(engine: DockerEngine, id: string, signal: AbortSignal): Promise<void> {
  await engine.call(signal, (abortSignal) => engine.docker.getNetwork(id).remove({ abortSignal }));
}

async function inspectNetwork(engine: DockerEngine, name: string, signal: AbortSignal): Promise<NetworkInspectInfo | undefined> {
  try {
    return await engine.call(signal, () => engine.docker.getNetwork(name).inspect());
  } catch (error: unknown) {
    if (isContainerNotFound(error)) return undefined;
    throw error;
  }
}

function ours(network: NetworkInspectInfo, scope: RuntimeScope, wanted: string): PreparedNetwork & { readonly isShared: boolean } {
  const labels = network.Labels ?? {};
  if (labels[labelKeys.cluster] !== scope.clusterUid || labels[labelKeys.node] !== scope.nodeName)
    throw new RuntimeError("NameTaken", `a network ${network.Name} that is not this node's is in the way`);
  const [config] = network.IPAM?.Config ?? [];
  const subnet = config?.Subnet ?? "";
  const isShared = network.Options?.[bridgeOption] === bridgeName(scope) && (config?.IPRange ?? "") !== "";
  const warning = wanted === "" || wanted === subnet ? "" : `the pod network has the subnet ${subnet}, not the node's ${wanted}`;
  return { name: network.Name, subnet, warning, isShared };
}
