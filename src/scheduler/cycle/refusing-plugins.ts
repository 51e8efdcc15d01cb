import type { Refusal } from "../framework/refusal.js";

/** Which plugins refused nodes: what may help the pod is theirs to say. */
export function refusingPlugins(refusals: ReadonlyMap<string, Refusal>): ReadonlySet<string> {
  const plugins = new Set<string>();
  for (const { plugin } of refusals.values()) plugins.add(plugin);
  return plugins;
}
