import { type CatalogEntry, type ExtensionPoint, extensionPoints, pluginCatalog } from "./plugin-catalog.js";

/** A plugin that takes part at a point. */
export interface EnabledPlugin {
  readonly name: string;
  /** Of its score; undefined: more than all others together. */
  readonly weight: number | undefined;
}

/** What a configuration says of one point. */
export interface PluginSet {
  readonly enabled: readonly EnabledPlugin[];
  /** Names; "*" is all that is enabled by default. */
  readonly disabled: readonly string[];
}

/** What a configuration says of a profile's plugins: by point, and of all points of a plugin at once. */
export type PluginSets = Readonly<Partial<Record<ExtensionPoint | "multiPoint", PluginSet>>>;

/** The plugins at each point, in the order in which they are asked. */
export type SelectedPlugins = Readonly<Record<ExtensionPoint, readonly EnabledPlugin[]>>;

const nothing: PluginSet = { enabled: [], disabled: [] };
const entries: ReadonlyMap<string, CatalogEntry> = new Map(pluginCatalog.map((entry) => [entry.name, entry]));

/** Whether a plugin takes part at a point; "multiPoint" is wherever it does. */
export function takesPartAt(name: string, point: ExtensionPoint | "multiPoint"): boolean {
  const entry = entries.get(name);
  return entry !== undefined && (point === "multiPoint" || entry.points.includes(point));
}

/** Which plugins a profile has where, by Kubernetes' rules: what is said of one point goes before what is said of all. */
export function selectPlugins(sets: PluginSets): SelectedPlugins {
  const everywhere = withDefaults(sets.multiPoint ?? nothing);
  const selected = extensionPoints.map((point) => [point, atPoint(point, everywhere, sets[point] ?? nothing)] as const);
  return Object.fromEntries(selected) as unknown as SelectedPlugins;
}

/** A default plugin that is enabled anew keeps its place, with what is said of it now. */
function withDefaults({ enabled, disabled }: PluginSet): readonly EnabledPlugin[] {
  const isDisabled = (name: string): boolean => disabled.includes(name) || disabled.includes("*");
  const kept = pluginCatalog.filter(({ name }) => !isDisabled(name));
  const replaced = kept.map(({ name, weight }) => enabled.find((plugin) => plugin.name === name) ?? { name, weight });
  return [...replaced, ...enabled.filter(({ name }) => kept.every((entry) => entry.name !== name))];
}

function atPoint(point: ExtensionPoint, everywhere: readonly EnabledPlugin[], { enabled, disabled }: PluginSet): readonly EnabledPlugin[] {
  const isDisabled = (name: string): boolean => disabled.includes(name) || disabled.includes("*");
  const inherited = everywhere.filter(({ name }) => takesPartAt(name, point) && !isDisabled(name));
  const isEnabled = (name: string): boolean => enabled.some((plugin) => plugin.name === name);
  const isInherited = (name: string): boolean => inherited.some((plugin) => plugin.name === name);
  return [
    ...enabled.filter(({ name }) => isInherited(name)),
    ...inherited.filter(({ name }) => !isEnabled(name)),
    ...enabled.filter(({ name }) => !isInherited(name)),
  ];
}
