import { isUtf8 } from "node:buffer";
import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import type { CliEnv } from "../../cli-env.js";
import { addSourceFlags } from "../../flags/source-flags.js";
import { contentHash } from "../../resources/content-hash.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";
import { type KeyComplaints, readSources, type SourceFlags } from "../../resources/key-value-sources.js";

interface ConfigMapFlags extends SourceFlags {
  readonly appendHash?: boolean;
}

export const createConfigMapCommand = (env: CliEnv): Command =>
  addSourceFlags(new Command("configmap"))
    .alias("cm")
    .description("Create a config map from a local file, directory or literal value")
    .argument("[name...]", "name of the config map")
    .action(async (words: string[], flags: ConfigMapFlags, command: Command) => {
      const { name } = nameAndCommand(words, command);
      const values = await readSources(flags, complaintsAbout(name), env);
      await createGenerated(configMapManifest(name, values, flags.appendHash === true), command, env);
    });

const complaintsAbout = (name: string): KeyComplaints => ({
  invalid: (key, problems) => `"${key}" is not a valid key name for a ConfigMap: ${problems}`,
  duplicate: (key) => `cannot add key "${key}", another key by that name already exists in Data for ConfigMap "${name}"`,
});

function configMapManifest(name: string, values: ReadonlyMap<string, Buffer>, appendHash: boolean): JsonObject {
  const texts = [...values].filter(([, value]) => isUtf8(value));
  const bytes = [...values].filter(([, value]) => !isUtf8(value));
  const data = Object.fromEntries(texts.map(([key, value]) => [key, value.toString("utf8")]));
  const binaryData = Object.fromEntries(bytes.map(([key, value]) => [key, value.toString("base64")]));
  const content = { ...(bytes.length === 0 ? {} : { binaryData }) };
  const hash = appendHash ? `-${contentHash({ kind: "ConfigMap", name, data, ...content })}` : "";
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...unstored, name: `${name}${hash}` },
    ...(texts.length === 0 ? {} : { data }),
    ...content,
  };
}
