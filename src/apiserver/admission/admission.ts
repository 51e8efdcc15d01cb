import type { Kind } from "../../api/kinds/kind.js";
import type { AdmissionDeps, AdmissionPlugin, Alteration, Creation } from "./plugin.js";

/** Asks every plugin, in order. */
export interface Admission {
  /** Whether plugins go by objects of this kind. */
  readsFrom(kind: Kind): boolean;
  completeCreate(creation: Creation): Promise<void>;
  judgeCreate(creation: Creation): Promise<void>;
  completeUpdate(alteration: Alteration): Promise<void>;
  judgeUpdate(alteration: Alteration): Promise<void>;
}

/** Creates the admission of these plugins. */
export function createAdmission(plugins: readonly AdmissionPlugin[], deps: AdmissionDeps): Admission {
  const read = new Set(plugins.flatMap(({ reads = [] }) => reads.map(({ typeName }) => typeName)));
  return {
    readsFrom: ({ typeName }) => read.has(typeName),
    completeCreate: async (creation) => {
      for (const plugin of plugins) await plugin.completeCreate?.(creation, deps);
    },
    judgeCreate: async (creation) => {
      for (const plugin of plugins) await plugin.judgeCreate?.(creation, deps);
    },
    completeUpdate: async (alteration) => {
      for (const plugin of plugins) await plugin.completeUpdate?.(alteration, deps);
    },
    judgeUpdate: async (alteration) => {
      for (const plugin of plugins) await plugin.judgeUpdate?.(alteration, deps);
    },
  };
}
