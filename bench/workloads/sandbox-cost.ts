import { timed } from "../harness/measurement.js";
import type { Workload } from "./workload.js";

const count = 20;
const atOnce = 4;
const rounds = 5;
const network = "howbernetes-bench";

/**
 * What a pod must cost on this engine at the least, by hand and without howbernetes: a sandbox in a network of its own
 * kind, one in the engine's default network, one in none, and one whose network is left to others, each with a container
 * that joins it; and what is left of that when the sandboxes are there already, kept warm. Against one container.
 */
export const sandboxCost: Workload = {
  id: "S1",
  title: "sandbox and container by hand",
  needsSwarm: false,
  isOfEngineAlone: true,
  async run({ engine }) {
    const removeNetwork = await engine.createNetwork(network);
    const pairsIn = (of: string | undefined) => async () => () => engine.startPairs(count, atOnce, of);
    const variants = [
      { name: "S1 own network", prepare: pairsIn(network) },
      { name: "S1 default network", prepare: pairsIn("bridge") },
      { name: "S1 no network", prepare: pairsIn("none") },
      { name: "S1 left empty", prepare: pairsIn(undefined) },
      { name: "S1 kept warm", prepare: () => engine.warmSandboxes(count, atOnce) },
    ];
    const measure = async (prepare: () => Promise<() => Promise<void>>): Promise<number> => {
      const ms = await timed(await prepare());
      await engine.removeContainers();
      return ms;
    };
    const bare: number[] = [];
    const pairs = variants.map(() => [] as number[]);
    for (let round = 0; round < rounds; round++) {
      bare.push(await measure(async () => () => engine.startContainers(count, atOnce)));
      for (const [index, { prepare }] of variants.entries()) pairs[index]?.push(await measure(prepare));
    }
    await removeNetwork();
    return variants.map(({ name }, index) => ({
      name,
      unit: "ms" as const,
      peer: "container alone",
      ours: pairs[index] ?? [],
      peers: bare,
    }));
  },
};
