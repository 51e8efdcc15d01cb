import { createHash } from "node:crypto";
import type { NetworkInspectInfo } from "dockerode";
import { isContainerNotFound, RuntimeError } from "../errors.js";
import { labelKeys } from "../identity.js";
import type { PreparedNetwork, RuntimeScope } from "../interface.js";
import { type DockerEngine, statusCodeOf } from "./engine.js";

/** Name of the network that a node's pods are in: per cluster and node, for one engine may serve several of either. */
export function networkName({ clusterUid, nodeName }: RuntimeScope): string {
  const cluster = createHash("sha256").update(clusterUid).digest("hex").slice(0, 8);
  return `howbe-${cluster}-${nodeName}`;
}

/**
 * Makes sure that the node's pod network exists. Subnets are disjoint within a cluster by allocation, but another
 * cluster on the same engine, or the user's own networks, may already have this one; since pods are reachable only on
 * their node, a subnet of the engine's choosing then serves as well, and the caller is told.
 */
export async function ensureNetwork(
  engine: DockerEngine,
  scope: RuntimeScope,
  subnet: string,
  signal: AbortSignal,
): Promise<PreparedNetwork> {
  const name = networkName(scope);
  const existing = await inspectNetwork(engine, name, signal);
  if (existing !== undefined) return ours(existing, scope, subnet);

  const warning = await createNetwork(engine, scope, subnet, signal);
  const created = await inspectNetwork(engine, name, signal);
  if (created === undefined) throw new RuntimeError("Failed", `network ${name} vanished as soon as it was made`);
  const prepared = ours(created, scope, subnet);
  return warning === "" ? prepared : { ...prepared, warning };
}

async function createNetwork(engine: DockerEngine, scope: RuntimeScope, subnet: string, signal: AbortSignal): Promise<string> {
  try {
    await requestNetwork(engine, scope, subnet, signal);
    return "";
  } catch (error: unknown) {
    // Somebody else, perhaps an earlier run of ourselves, was first: its labels decide.
    if (statusCodeOf(error) === 409) return "";
    if (subnet === "" || !/overlap/i.test(error instanceof Error ? error.message : "")) throw error;
    await requestNetwork(engine, scope, "", signal);
    return `the node's subnet ${subnet} overlaps another network of this container engine: it chose one itself`;
  }
}

async function requestNetwork(engine: DockerEngine, scope: RuntimeScope, subnet: string, signal: AbortSignal): Promise<void> {
  const ipam = subnet === "" ? {} : { IPAM: { Driver: "default", Config: [{ Subnet: subnet }] } };
  const options = {
    Name: networkName(scope),
    Driver: "bridge",
    // Without it Docker makes a second network of the same name.
    CheckDuplicate: true,
    Labels: { [labelKeys.cluster]: scope.clusterUid, [labelKeys.node]: scope.nodeName },
    ...ipam,
  };
  await engine.call(signal, (abortSignal) => engine.docker.createNetwork({ ...options, abortSignal }));
}

async function inspectNetwork(engine: DockerEngine, name: string, signal: AbortSignal): Promise<NetworkInspectInfo | undefined> {
  try {
    return await engine.call(signal, () => engine.docker.getNetwork(name).inspect());
  } catch (error: unknown) {
    if (isContainerNotFound(error)) return undefined;
    throw error;
  }
}

function ours(network: NetworkInspectInfo, scope: RuntimeScope, wanted: string): PreparedNetwork {
  const labels = network.Labels ?? {};
  if (labels[labelKeys.cluster] !== scope.clusterUid || labels[labelKeys.node] !== scope.nodeName)
    throw new RuntimeError("NameTaken", `a network ${network.Name} that is not this node's is in the way`);
  const subnet = network.IPAM?.Config?.[0]?.Subnet ?? "";
  const warning = wanted === "" || wanted === subnet ? "" : `the pod network has the subnet ${subnet}, not the node's ${wanted}`;
  return { name: network.Name, subnet, warning };
}
