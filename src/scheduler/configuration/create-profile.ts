import type { FilterPlugin, GatePlugin, Profile, RescuePlugin, WeightedScore } from "../framework/plugin.js";
import type { PluginContext } from "../framework/plugin-context.js";
import { overridingWeight } from "../plugins/recent-failures.js";
import { TopologyIndex } from "../topology/topology-index.js";
import { type MadePlugin, pluginCatalog } from "./plugin-catalog.js";
import type { ProfileConfiguration } from "./scheduler-configuration.js";
import { type EnabledPlugin, selectPlugins } from "./select-plugins.js";

/** Makes profiles' plugins; what they know of where pods are is kept once for all of them. */
export function createProfiles(configurations: readonly ProfileConfiguration[], context: PluginContext): readonly Profile[] {
  const topology = new TopologyIndex(context);
  return configurations.map((configuration) => createProfile(configuration, context, topology));
}

/** Makes a profile's plugins; `topology` may be another profile's, too. */
export function createProfile(
  configuration: ProfileConfiguration,
  context: PluginContext,
  topology: TopologyIndex = new TopologyIndex(context),
): Profile {
  const { schedulerName, plugins, args, percentageOfNodesToScore } = configuration;
  const selected = selectPlugins(plugins);
  const made = new Map<string, MadePlugin>();
  const pluginOf = ({ name }: EnabledPlugin): MadePlugin => {
    const known = made.get(name) ?? pluginCatalog.find((entry) => entry.name === name)?.make?.({ context, topology, args }) ?? {};
    made.set(name, known);
    return known;
  };
  return {
    schedulerName,
    gates: selected.preEnqueue.map((enabled) => pluginOf(enabled).gate).filter((gate): gate is GatePlugin => gate !== undefined),
    filters: selected.filter.map((enabled) => pluginOf(enabled).filter).filter((one): one is FilterPlugin => one !== undefined),
    rescues: selected.postFilter.map((enabled) => pluginOf(enabled).rescue).filter((one): one is RescuePlugin => one !== undefined),
    scores: weigh(selected.score, pluginOf),
    reserves: [],
    permits: [],
    binds: [],
    percentageOfNodesToScore,
  };
}

function weigh(enabled: readonly EnabledPlugin[], pluginOf: (enabled: EnabledPlugin) => MadePlugin): readonly WeightedScore[] {
  const scores = (isWeighted: boolean, weightOf: (weight: number | undefined) => number): readonly WeightedScore[] =>
    enabled.flatMap((one) => {
      const plugin = pluginOf(one).score;
      return plugin === undefined || (one.weight !== undefined) !== isWeighted ? [] : [{ plugin, weight: weightOf(one.weight) }];
    });
  const weighted = scores(true, (weight) => weight ?? 1);
  return [...weighted, ...scores(false, () => overridingWeight(weighted))];
}
