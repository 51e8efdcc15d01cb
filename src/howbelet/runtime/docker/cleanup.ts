import { labelKeys } from "../identity.js";
import { DockerEngine, statusCodeOf } from "./engine.js";

/** How many containers are removed at once: more does not make Docker faster. */
const removalsAtOnce = 8;

/** What `removeCluster` removed. */
export interface ClusterRemoval {
  readonly containers: number;
  readonly networks: number;
}

/**
 * Removes all containers and networks of a cluster from an engine, whichever node made them; nothing else is touched.
 * The cluster's nodes must have stopped, or they make them anew.
 */
export async function removeCluster(
  clusterUid: string,
  dockerHost?: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<ClusterRemoval> {
  const engine = new DockerEngine(dockerHost);
  try {
    const filters = { label: [`${labelKeys.cluster}=${clusterUid}`] };
    const containers = await engine.call(signal, (abortSignal) => engine.docker.listContainers({ all: true, filters, abortSignal }));
    const queue = containers.map(({ Id: id }) => id);
    const removeQueued = async (): Promise<void> => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) await removeContainer(engine, id, signal);
    };
    await Promise.all(Array.from({ length: removalsAtOnce }, removeQueued));

    const networks = await engine.call(signal, (abortSignal) => engine.docker.listNetworks({ filters, abortSignal }));
    for (const { Id: id } of networks) await engine.call(signal, (abortSignal) => engine.docker.getNetwork(id).remove({ abortSignal }));
    return { containers: containers.length, networks: networks.length };
  } finally {
    engine.close();
  }
}

/** Removes a container, killing it when it runs, and resolves when it is gone, whoever removed it. */
export async function removeContainer(engine: DockerEngine, id: string, signal: AbortSignal): Promise<void> {
  try {
    await engine.call(signal, (abortSignal) => engine.docker.getContainer(id).remove({ force: true, v: true, abortSignal }));
  } catch (error: unknown) {
    const status = statusCodeOf(error);
    if (status === 404) return;
    if (status !== 409) throw error;
    // Somebody else removes it too. Until that is done its network has an endpoint, and can't be removed.
    await untilRemoved(engine, id, signal);
  }
}

async function untilRemoved(engine: DockerEngine, id: string, signal: AbortSignal): Promise<void> {
  try {
    await engine.call(signal, (abortSignal) => engine.docker.getContainer(id).wait({ condition: "removed", abortSignal }));
  } catch (error: unknown) {
    if (statusCodeOf(error) !== 404) throw error;
  }
}
