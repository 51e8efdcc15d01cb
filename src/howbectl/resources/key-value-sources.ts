import { configKeyProblems } from "../../api/validation/config-keys.js";
import type { CliEnv } from "../cli-env.js";
import { UsageError } from "../usage-error.js";

/** Flags that say what a ConfigMap or Secret is to hold. */
export interface SourceFlags {
  readonly fromFile?: readonly string[];
  readonly fromLiteral?: readonly string[];
  readonly fromEnvFile?: readonly string[];
}

/** How complaints about keys are worded, which differs by kind. */
export interface KeyComplaints {
  invalid(key: string, problems: string): string;
  duplicate(key: string): string;
}

/**
 * Collects keys and values from files, directories, literals and files of environment variables.
 *
 * @throws UsageError on a key that cannot be one, or that comes twice
 */
export async function readSources(flags: SourceFlags, complaints: KeyComplaints, env: CliEnv): Promise<ReadonlyMap<string, Buffer>> {
  const { fromFile = [], fromLiteral = [], fromEnvFile = [] } = flags;
  if (fromEnvFile.length > 0 && fromFile.length + fromLiteral.length > 0) {
    throw new UsageError("from-env-file cannot be combined with from-file or from-literal");
  }
  const entries: (readonly [key: string, value: Buffer])[] = [];
  for (const source of fromLiteral) entries.push(parseLiteral(source));
  for (const source of fromFile) entries.push(...(await readFileSource(source, env)));
  for (const path of fromEnvFile) entries.push(...parseEnvFile(path, await env.files.readBytes(path), env));

  const values = new Map<string, Buffer>();
  for (const [key, value] of entries) {
    const problems = configKeyProblems(key);
    if (problems.length > 0) throw new UsageError(complaints.invalid(key, problems.join(";")));
    if (values.has(key)) throw new UsageError(complaints.duplicate(key));
    values.set(key, value);
  }
  return values;
}

function parseLiteral(source: string): readonly [string, Buffer] {
  const equals = source.indexOf("=");
  if (equals < 1) throw new UsageError(`invalid literal source ${source}, expected key=value`);
  return [source.slice(0, equals), Buffer.from(source.slice(equals + 1))];
}

async function readFileSource(source: string, env: CliEnv): Promise<(readonly [string, Buffer])[]> {
  const { key, path } = parseFileSource(source);
  const isDirectory = await env.files.isDirectory(path).catch((error: unknown) => {
    throw error instanceof UsageError ? new UsageError(`error reading ${path}: no such file or directory`) : error;
  });
  if (!isDirectory) return [[key ?? baseName(path), await env.files.readBytes(path)]];
  if (key !== undefined) throw new UsageError("cannot give a key name for a directory path");
  const entries: (readonly [string, Buffer])[] = [];
  for (const name of await env.files.list(path)) {
    const inner = `${path.replace(/\/+$/, "")}/${name}`;
    if (!(await env.files.isDirectory(inner))) entries.push([name, await env.files.readBytes(inner)]);
  }
  return entries;
}

const baseName = (path: string): string => path.replace(/\/+$/, "").split("/").at(-1) ?? path;

function parseFileSource(source: string): { readonly key: string | undefined; readonly path: string } {
  const [first = "", second, ...others] = source.split("=");
  if (second === undefined) return { key: undefined, path: source };
  if (others.length > 0) throw new UsageError("key names or file paths cannot contain '='");
  if (first === "") throw new UsageError(`key name for file path ${second} missing`);
  if (second === "") throw new UsageError(`file path for key name ${first} missing`);
  return { key: first, path: second };
}

/** A line without a value takes it from the environment. */
function parseEnvFile(path: string, content: Buffer, env: CliEnv): (readonly [string, Buffer])[] {
  const text = content.toString("utf8").replace(/^\uFEFF/, "");
  return text.split("\n").flatMap((raw, index) => {
    if (raw.includes("\uFFFD")) throw new UsageError(`env file ${path} contains invalid utf8 bytes at line ${index + 1}`);
    const line = raw.replace(/\r$/, "").trimStart();
    if (line === "" || line.startsWith("#")) return [];
    const equals = line.indexOf("=");
    const key = equals < 0 ? line : line.slice(0, equals);
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) {
      throw new UsageError(`"${key}" is not a valid key name: it must begin with a letter, '_', '-' or '.' and go on with these or digits`);
    }
    return [[key, Buffer.from(equals < 0 ? (env.variable(key) ?? "") : line.slice(equals + 1))] as const];
  });
}
