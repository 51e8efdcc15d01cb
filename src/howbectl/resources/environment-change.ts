import type { Json, JsonObject } from "../../api/codec/json-values.js";
import { isObject, listAt, objectAt, stringAt } from "../manifests/json-fields.js";
import { UsageError } from "../usage-error.js";

/** What is to become of containers' environment variables. */
export interface EnvironmentChange {
  /** Variables as a container has them, with `value` or `valueFrom`. */
  readonly set: readonly JsonObject[];
  readonly remove: readonly string[];
}

/**
 * Reads `KEY=VALUE`, `KEY-`, and `-` for lines of KEY=VALUE in `input`.
 *
 * @throws UsageError on names that are none, and on a key that is both set and removed
 */
export function parseEnvironment(texts: readonly string[], input: string): EnvironmentChange {
  const set: JsonObject[] = [];
  const remove: string[] = [];
  for (const text of texts) {
    if (text === "-") set.push(...input.split("\n").flatMap(parseLine));
    else if (text.includes("=")) set.push(parsePair(text));
    else if (text.endsWith("-")) remove.push(text.slice(0, -1));
    else throw new UsageError(`unknown environment variable: ${text}`);
  }
  if (set.some(({ name }) => remove.includes(String(name)))) {
    throw new UsageError("can not both modify and remove the same environment variable in the same command");
  }
  return { set, remove };
}

const namePattern = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

function parsePair(text: string): JsonObject {
  const equals = text.indexOf("=");
  const name = text.slice(0, equals);
  if (namePattern.test(name)) return { name, value: text.slice(equals + 1) };
  throw new UsageError(
    `"${name}" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', ` +
      "and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', " +
      "regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')",
  );
}

function parseLine(line: string): JsonObject[] {
  const [text = ""] = line.split("#");
  return text.includes("=") ? [parsePair(text)] : [];
}

/** Whether a word of a command line says something of the environment, and not which objects are meant. */
export function isEnvironmentWord(word: string): boolean {
  return word.indexOf("=") > 0 || word.endsWith("-");
}

/**
 * A container with another environment: what is there keeps its place, what is new follows.
 *
 * @throws UsageError when a variable has another value and may not be overwritten
 */
export function withEnvironment(container: JsonObject, { set, remove }: EnvironmentChange, overwrite: boolean): JsonObject {
  const present = listAt(container, "env").filter(isObject);
  const newer = (name: Json | undefined): JsonObject | undefined => set.find((variable) => variable.name === name);
  if (!overwrite) {
    const taken = present.find(({ name, value = "" }) => newer(name) !== undefined && (newer(name)?.value ?? "") !== value);
    if (taken !== undefined) {
      throw new UsageError(`'${String(taken.name)}' already has a value (${String(taken.value ?? "")}), and --overwrite is false`);
    }
  }
  const kept = present.filter(({ name }) => !remove.includes(String(name))).map((variable) => newer(variable.name) ?? variable);
  const added = set.filter(
    ({ name }, index) => !present.some((one) => one.name === name) && set.findIndex((one) => one.name === name) === index,
  );
  const env = [...kept, ...added];
  const { env: _before, ...rest } = container;
  return env.length === 0 ? rest : { ...rest, env };
}

/** A container's environment as `set env --list` prints it. */
export function environmentLines(container: JsonObject): string[] {
  return listAt(container, "env")
    .filter(isObject)
    .map((variable) => {
      const name = stringAt(variable, "name") ?? "";
      const { valueFrom } = variable;
      return isObject(valueFrom) ? `# ${name} from ${referenceText(valueFrom)}` : `${name}=${stringAt(variable, "value") ?? ""}`;
    });
}

function referenceText(valueFrom: JsonObject): string {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  const at = (field: string, key: string): string => stringAt(objectAt(valueFrom, field), key) ?? "";
  if (isObject(configMapKeyRef)) return `configmap ${at("configMapKeyRef", "name")}, key ${at("configMapKeyRef", "key")}`;
  if (isObject(secretKeyRef)) return `secret ${at("secretKeyRef", "name")}, key ${at("secretKeyRef", "key")}`;
  if (isObject(fieldRef)) return `field path ${at("fieldRef", "fieldPath")}`;
  if (!isObject(resourceFieldRef)) return "invalid valueFrom";
  const container = at("resourceFieldRef", "containerName");
  return `resource field ${container === "" ? "" : `${container}/`}${at("resourceFieldRef", "resource")}`;
}
