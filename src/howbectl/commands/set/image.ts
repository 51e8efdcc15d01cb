import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import type { CliEnv } from "../../cli-env.js";
import { addChangeFlags, checkLocal } from "../../flags/change-flags.js";
import { addExamples } from "../../flags/examples.js";
import { isObject, listAt, stringAt } from "../../manifests/json-fields.js";
import { type ChangeFlags, changeObjects } from "../../resources/change-objects.js";
import { withContainers, withPodSpec } from "../../resources/pod-spec-change.js";
import { UsageError } from "../../usage-error.js";

export const setImageCommand = (env: CliEnv): Command =>
  addExamples(
    addChangeFlags(new Command("image"))
      .description("Update the images of containers")
      .argument("[what...]", "TYPE NAME... or TYPE/NAME..., then CONTAINER=IMAGE for each container, or '*=IMAGE' for all")
      .action((words: string[], flags: ChangeFlags) => setImage(words, flags, env)),
    ["Roll out another image", "set image deployment/web web=nginx:1.27"],
    ["The same for every container of a daemon set", "set image daemonset agent '*=agent:2'"],
    ["See what would come of a file", "set image -f web.yaml web=nginx:1.27 --local -o yaml"],
  );

async function setImage(words: readonly string[], flags: ChangeFlags, env: CliEnv): Promise<void> {
  const { resources, images } = parseImageWords(words);
  checkLocal(flags);
  if (resources.length === 0 && flags.filename === undefined) {
    throw new UsageError("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  }
  if (images.size === 0) throw new UsageError("at least one image update is required");
  if (images.has("*") && images.size > 1) {
    throw new UsageError("all containers are already specified by *, but saw more than one container_name=container_image pairs");
  }
  const change = {
    outcome: "image updated",
    apply: (found: Parameters<typeof withPodSpec>[0]) => withPodSpec(found, (spec) => withImages(spec, images)),
  };
  await changeObjects(resources, change, flags, env);
}

function parseImageWords(words: readonly string[]): {
  readonly resources: readonly string[];
  readonly images: ReadonlyMap<string, string>;
} {
  const first = words.findIndex((word) => word.includes("="));
  const resources = first < 0 ? words : words.slice(0, first);
  const pairs = first < 0 ? [] : words.slice(first);
  const late = pairs.find((word) => !word.includes("="));
  if (late !== undefined) throw new UsageError(`all resources must be specified before image changes: ${late}`);
  const images = pairs.map((pair): [string, string] => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
  const nameless = images.findIndex(([container, image]) => container === "" || image === "");
  if (nameless >= 0) throw new UsageError(`invalid image: "${pairs[nameless] ?? ""}" is not of the form CONTAINER=IMAGE`);
  return { resources, images: new Map(images) };
}

function withImages(spec: JsonObject, images: ReadonlyMap<string, string>): JsonObject {
  const names = [...listAt(spec, "containers"), ...listAt(spec, "initContainers")]
    .filter(isObject)
    .map((container) => stringAt(container, "name"));
  const missing = [...images.keys()].filter((name) => name !== "*" && !names.includes(name));
  if (missing.length > 0) throw new UsageError(missing.map((name) => `unable to find container named "${name}"`).join("\n"));
  return withContainers(spec, (container) => {
    const image = images.get("*") ?? images.get(stringAt(container, "name") ?? "");
    return image === undefined ? container : { ...container, image };
  });
}
