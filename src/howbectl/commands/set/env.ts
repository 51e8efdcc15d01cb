import { Command } from "commander";
import { objectToJson } from "../../../api/codec/json.js";
import type { JsonObject } from "../../../api/codec/json-values.js";
import { configMapKind } from "../../../api/kinds/configmap/kind.js";
import { secretKind } from "../../../api/kinds/secret/kind.js";
import type { CliEnv } from "../../cli-env.js";
import { addChangeFlags, checkLocal } from "../../flags/change-flags.js";
import { addExamples } from "../../flags/examples.js";
import { collect, collectList } from "../../flags/parse-flag.js";
import { objectAt, stringAt } from "../../manifests/json-fields.js";
import { type ChangeFlags, changeObjects } from "../../resources/change-objects.js";
import {
  type EnvironmentChange,
  environmentLines,
  isEnvironmentWord,
  parseEnvironment,
  withEnvironment,
} from "../../resources/environment-change.js";
import { type FoundObject, forEachFoundObject } from "../../resources/found-objects.js";
import { qualifiedName } from "../../resources/kind-lookup.js";
import { readObject } from "../../resources/object-calls.js";
import { matchesPattern, withContainers, withPodSpec } from "../../resources/pod-spec-change.js";
import { parseTargets } from "../../resources/resource-arguments.js";
import { keyFor } from "../../resources/selection-flags.js";
import { isUsageError, UsageError } from "../../usage-error.js";

interface EnvFlags extends ChangeFlags {
  readonly containers: string;
  readonly env?: readonly string[];
  readonly from?: string;
  readonly keys?: readonly string[];
  readonly prefix?: string;
  readonly list?: boolean;
  readonly overwrite: boolean;
}

export const setEnvCommand = (env: CliEnv): Command =>
  addExamples(
    addChangeFlags(new Command("env"))
      .description("Update the environment variables of containers")
      .argument("[what...]", "TYPE NAME... or TYPE/NAME..., then KEY=VALUE to set a variable, KEY- to remove one")
      .option("-c, --containers <name>", "containers to change; * stands for any text", "*")
      .option("-e, --env <key=value>", 'variable to set; "-": lines of KEY=VALUE from standard input; may be repeated', collect)
      .option("--from <type/name>", "set a variable for each key of this config map or secret, by reference")
      .option("--keys <keys>", "only these keys of it, comma-separated", collectList)
      .option("--prefix <text>", "put this before the names of the variables")
      .option("--list", "print the variables as they would be, and change nothing")
      .option("--overwrite", "let variables that have another value be changed", true)
      .option("--no-overwrite", "refuse to change variables that have another value (also --overwrite=false)")
      .action((words: string[], flags: EnvFlags) => setEnv(words, flags, env)),
    ["Set one variable, and remove another", "set env deployment/web LOG_LEVEL=debug TRACE-"],
    ["Set a variable for each key of a secret", "set env deployment/web --from=secret/database --prefix=DB_"],
    ["See what is set", "set env deployment/web --list"],
  );

async function setEnv(words: readonly string[], flags: EnvFlags, env: CliEnv): Promise<void> {
  const first = words.findIndex(isEnvironmentWord);
  const resources = first < 0 ? words : words.slice(0, first);
  const variables = first < 0 ? [] : words.slice(first);
  if (!variables.every(isEnvironmentWord)) {
    throw new UsageError(`all resources must be specified before environment changes: ${words.join(" ")}`);
  }
  checkLocal(flags);
  checkFlags(resources, flags);
  const change = await wantedChange(variables, flags, env);
  if (flags.list === true) {
    await forEachFoundObject(resources, flags, env, async (found) => void changedObject(found, change, flags, env));
    return;
  }
  if (change.set.length === 0 && change.remove.length === 0) throw new UsageError("at least one environment variable must be provided");
  await changeObjects(resources, { outcome: "env updated", apply: (found) => changedObject(found, change, flags, env) }, flags, env);
}

function checkFlags(resources: readonly string[], { filename, list, output, keys, from, local }: EnvFlags): void {
  if (filename === undefined && resources.length === 0) {
    throw new UsageError("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  }
  if (list === true && output !== undefined) throw new UsageError("--list and --output may not be specified together");
  if (keys !== undefined && from === undefined) {
    throw new UsageError("when specifying --keys, a configmap or secret must be provided with --from");
  }
  if (local === true && from !== undefined) throw new UsageError("--from asks the server, and may not be specified with --local");
}

async function wantedChange(variables: readonly string[], flags: EnvFlags, env: CliEnv): Promise<EnvironmentChange> {
  const texts = [...(flags.env ?? []), ...variables];
  const given = parseEnvironment(texts, texts.includes("-") ? await env.input.readAll() : "");
  const referred = flags.from === undefined ? [] : await references(flags.from, flags.keys, env);
  const set = [...given.set, ...referred].map((variable) => ({
    ...variable,
    name: `${flags.prefix ?? ""}${stringAt(variable, "name") ?? ""}`,
  }));
  return { set, remove: given.remove };
}

/** A variable for each key of a config map or secret, its value taken from there when a container starts. */
async function references(from: string, keys: readonly string[] | undefined, env: CliEnv): Promise<JsonObject[]> {
  const [target] = parseTargets([from]);
  const isConfigMap = target?.kind.typeName === configMapKind.typeName;
  if (target === undefined || (!isConfigMap && target.kind.typeName !== secretKind.typeName)) {
    throw new UsageError("unsupported resource specified in --from");
  }
  const { kind, object } = await readObject({ kind: target.kind, key: await keyFor(target.kind, target.name, env) }, env);
  const present = Object.keys(objectAt(objectToJson(kind, object), "data")).sort();
  const missing = (keys ?? []).find((key) => !present.includes(key));
  if (missing !== undefined) throw new UsageError(`key ${missing} not found in ${qualifiedName(kind, target.name)}`);
  return present
    .filter((key) => keys?.includes(key) ?? true)
    .map((key) => ({
      name: key.replace(/[^a-zA-Z0-9_]/g, "_").toUpperCase(),
      valueFrom: { [isConfigMap ? "configMapKeyRef" : "secretKeyRef"]: { name: target.name, key } },
    }));
}

/** The object with its containers' new environment, which is printed with `--list`. */
function changedObject(found: FoundObject, change: EnvironmentChange, { containers, overwrite, list }: EnvFlags, env: CliEnv): JsonObject {
  const name = `${found.kind.kind}/${found.key.name}`;
  let matched = false;
  const changed = withPodSpec(found, (spec) =>
    withContainers(spec, (container) => {
      const containerName = stringAt(container, "name") ?? "";
      if (!matchesPattern(containerName, containers)) return container;
      matched = true;
      const after = naming(found, () => withEnvironment(container, change, overwrite));
      if (list === true) {
        for (const line of [`# ${found.kind.kind} ${found.key.name}, container ${containerName}`, ...environmentLines(after)])
          env.out.line(line);
      }
      return after;
    }),
  );
  if (!matched) env.err.line(`Warning: ${name} does not have any containers matching "${containers}"`);
  return changed;
}

/** Says in an error which object it is about. */
function naming({ kind, key }: FoundObject, change: () => JsonObject): JsonObject {
  try {
    return change();
  } catch (error: unknown) {
    if (!isUsageError(error)) throw error;
    throw new UsageError(`${qualifiedName(kind, key.name)} ${error.message}`);
  }
}
