/** The classes that every cluster has, for pods that it cannot do without, and the values that belong to them. */
export const systemPriorityClasses: ReadonlyMap<string, number> = new Map([
  ["system-node-critical", 2_000_001_000],
  ["system-cluster-critical", 2_000_000_000],
]);
