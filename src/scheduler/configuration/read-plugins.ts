import { invalidValue } from "../../api/validation/field-error.js";
import type { FieldReader } from "./field-reader.js";
import { type ExtensionPoint, extensionPoints } from "./plugin-catalog.js";
import { type PluginSet, type PluginSets, type SelectedPlugins, selectPlugins, takesPartAt } from "./select-plugins.js";

/** Reads a profile's `plugins`. */
export function readPlugins(plugins: FieldReader): PluginSets {
  const before = plugins.errors.length;
  const sets: Partial<Record<ExtensionPoint | "multiPoint", PluginSet>> = {};
  for (const point of ["multiPoint", ...extensionPoints] as const) {
    if (plugins.has(point)) sets[point] = readSet(plugins.object(point), point);
  }
  plugins.end();
  if (plugins.errors.length === before) checkSelection(selectPlugins(sets), plugins);
  return sets;
}

function readSet(set: FieldReader, point: ExtensionPoint | "multiPoint"): PluginSet {
  const enabled: PluginSet["enabled"][number][] = [];
  for (const item of set.objects("enabled")) {
    const name = item.text("name");
    if (enabled.some((plugin) => plugin.name === name)) item.repeated("name", name);
    else if (!takesPartAt(name, "multiPoint")) item.wrong("name", name, "there is no such plugin here");
    else if (!takesPartAt(name, point)) item.wrong("name", name, `does not extend ${point} plugin`);
    // Kubernetes takes 0 for what is not said, and that for 1.
    const weight = item.whole("weight", 1, (value) => value >= 0, "must be greater than or equal to 0");
    enabled.push({ name, weight: weight === 0 ? 1 : weight });
    item.end();
  }
  const disabled = set.objects("disabled").map((item) => {
    const name = item.text("name");
    item.whole("weight", 0, () => true, "");
    item.end();
    return name;
  });
  set.end();
  return { enabled, disabled };
}

/** What cannot be otherwise here, and what goes together. */
function checkSelection(selected: SelectedPlugins, plugins: FieldReader): void {
  const names = (point: ExtensionPoint): readonly string[] => selected[point].map(({ name }) => name);
  for (const [point, only] of [
    ["queueSort", "PrioritySort"],
    ["bind", "DefaultBinder"],
  ] as const) {
    if (names(point).join() !== only) plugins.wrong(point, names(point), `must be ${only}`);
  }
  const filtering = names("filter").filter((name) => takesPartAt(name, "preFilter"));
  const unprepared = filtering.filter((name) => !names("preFilter").includes(name));
  const idle = names("preFilter").filter((name) => !names("filter").includes(name));
  const unscored = names("score").filter((name) => takesPartAt(name, "preScore") && !names("preScore").includes(name));
  const together = (point: ExtensionPoint, name: string, other: string): void => {
    plugins.errors.push(invalidValue(plugins.at(point), name, `takes part in ${other} together`));
  };
  for (const name of [...unprepared, ...idle]) together("preFilter", name, "preFilter and filter");
  for (const name of unscored) together("preScore", name, "preScore and score");
}
