import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import type { CliEnv } from "../../cli-env.js";
import { addChangeFlags, checkLocal } from "../../flags/change-flags.js";
import { addExamples } from "../../flags/examples.js";
import { parseQuantities } from "../../flags/parse-quantities.js";
import { isObject, listAt, objectAt, stringAt } from "../../manifests/json-fields.js";
import { type ChangeFlags, changeObjects, type ObjectChange } from "../../resources/change-objects.js";
import { matchesPattern, withContainers, withPodSpec } from "../../resources/pod-spec-change.js";
import { UsageError } from "../../usage-error.js";

interface ResourcesFlags extends ChangeFlags {
  readonly limits?: string;
  readonly requests?: string;
  readonly containers: string;
}

export const setResourcesCommand = (env: CliEnv): Command =>
  addExamples(
    addChangeFlags(new Command("resources"))
      .description("Update what containers ask for and may use")
      .argument("[what...]", "TYPE NAME... or TYPE/NAME...")
      .option("--limits <amounts>", "what a container may use at most, as cpu=200m,memory=512Mi")
      .option("--requests <amounts>", "what is kept free for a container, as cpu=100m,memory=256Mi")
      .option("-c, --containers <name>", "containers to change; * stands for any text", "*")
      .action((words: string[], flags: ResourcesFlags) => setResources(words, flags, env)),
    ["Bound one container", "set resources deployment/web -c=web --limits=cpu=200m,memory=512Mi"],
    ["Set both for all containers", "set resources deployment/web --limits=cpu=1,memory=1Gi --requests=cpu=100m,memory=256Mi"],
  );

async function setResources(words: readonly string[], flags: ResourcesFlags, env: CliEnv): Promise<void> {
  checkLocal(flags);
  if (!flags.limits && !flags.requests) {
    throw new UsageError("you must specify an update to requests or limits (in the form of --requests/--limits)");
  }
  const wanted = {
    ...(flags.limits ? { limits: parseQuantities(flags.limits) } : {}),
    ...(flags.requests ? { requests: parseQuantities(flags.requests) } : {}),
  };
  const change: ObjectChange = {
    outcome: "resource requirements updated",
    apply: (found) => withPodSpec(found, (spec) => withResources(spec, wanted, flags.containers)),
  };
  await changeObjects(words, change, flags, env);
}

/** What is not named of a container's limits and requests stays. */
function withResources(spec: JsonObject, wanted: Readonly<Record<string, JsonObject>>, pattern: string): JsonObject {
  const names = [...listAt(spec, "containers"), ...listAt(spec, "initContainers")]
    .filter(isObject)
    .map((container) => stringAt(container, "name"));
  if (!names.some((name) => matchesPattern(name ?? "", pattern))) throw new UsageError(`unable to find container named ${pattern}`);
  return withContainers(spec, (container) => {
    if (!matchesPattern(stringAt(container, "name") ?? "", pattern)) return container;
    const resources = objectAt(container, "resources");
    const merged = Object.entries(wanted).map(([field, amounts]): [string, JsonObject] => [
      field,
      { ...objectAt(resources, field), ...amounts },
    ]);
    return { ...container, resources: { ...resources, ...Object.fromEntries(merged) } };
  });
}
