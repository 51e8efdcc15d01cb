import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { formatYaml, parseYamlDocuments } from "../api/codec/yaml.js";
import { ifPresent } from "../base/if-present.js";
import { writePrivateFile } from "../base/private-file.js";
import type { TlsMaterial } from "../base/tls/certificate.js";

/** Where a cluster is, and whose certificates its servers show. */
interface ClusterEntry {
  readonly name: string;
  /** HOST:PORT. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
}

/** A client certificate and its key, PEM. */
interface UserEntry {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
}

/** A cluster, who one is there, and the namespace to work in. */
interface ContextEntry {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
}

/** Clusters, users and contexts: what a kubeconfig holds. */
export interface Howbeconfig {
  /** "" for none. */
  readonly currentContext: string;
  readonly clusters: readonly ClusterEntry[];
  readonly users: readonly UserEntry[];
  readonly contexts: readonly ContextEntry[];
}

/** What a context comes to. */
export interface ResolvedContext {
  readonly name: string;
  /** Of the cluster's entry. */
  readonly cluster: string;
  readonly server: string;
  readonly tls: TlsMaterial;
  readonly namespace: string;
}

/** A howbeconfig that is absent, malformed, or does not have what was asked of it; the message is for its user. */
export class HowbeconfigError extends Error {
  override readonly name = "HowbeconfigError";
}

/** A config with nothing in it. */
export const emptyHowbeconfig: Howbeconfig = { currentContext: "", clusters: [], users: [], contexts: [] };

/** The file in use: `$HOWBECONFIG`, else `~/.howbe/config`. */
export function howbeconfigPath(env: Readonly<Record<string, string | undefined>>): string {
  const named = env.HOWBECONFIG;
  return named === undefined || named === "" ? join(env.HOME ?? homedir(), ".howbe", "config") : named;
}

/** Reads the file in use. @throws HowbeconfigError */
export async function loadConfig(env: Readonly<Record<string, string | undefined>>): Promise<Howbeconfig> {
  return await readHowbeconfig(howbeconfigPath(env));
}

/** @throws HowbeconfigError when the file is absent or no howbeconfig */
export async function readHowbeconfig(path: string): Promise<Howbeconfig> {
  const text = await readText(path);
  if (text === undefined)
    throw new HowbeconfigError(`no howbeconfig at ${path}: start a cluster with \`howbernetes up\`, or set HOWBECONFIG`);
  return parseHowbeconfig(text, path);
}

/** Writes the file, readable by its owner alone, whole or not at all. */
export async function writeHowbeconfig(path: string, config: Howbeconfig): Promise<void> {
  await writePrivateFile(path, formatHowbeconfig(config));
}

/** A cluster to reach and the certificate to do it with. */
export interface ClusterAccess {
  /** Of the cluster, its context and, with "-admin" after it, its user. */
  readonly name: string;
  /** HOST:PORT. */
  readonly server: string;
  readonly tls: TlsMaterial;
}

/** Puts a cluster into the file at `path`, which it makes when absent, and makes it the current one. Others stay. */
export async function writeClusterConfig(path: string, access: ClusterAccess): Promise<void> {
  const text = await readText(path);
  await writeHowbeconfig(path, withCluster(text === undefined ? emptyHowbeconfig : parseHowbeconfig(text, path), access));
}

/** Sets the server of the current context, or of the one named, in the file at `path`. @throws HowbeconfigError */
export async function setServer(path: string, server: string, context?: string): Promise<void> {
  await writeHowbeconfig(path, withServer(await readHowbeconfig(path), server, context));
}

/** The config with a cluster, its user and its context added or replaced, and made current. */
export function withCluster(config: Howbeconfig, { name, server, tls }: ClusterAccess): Howbeconfig {
  const user = `${name}-admin`;
  const namespace = config.contexts.find((context) => context.name === name)?.namespace;
  return {
    currentContext: name,
    clusters: replaced(config.clusters, { name, server, ca: tls.ca }),
    users: replaced(config.users, { name: user, cert: tls.cert, key: tls.key }),
    contexts: replaced(config.contexts, { name, cluster: name, user, ...(namespace === undefined ? {} : { namespace }) }),
  };
}

/** The config with another server in the current context's cluster, or the named one's. @throws HowbeconfigError */
export function withServer(config: Howbeconfig, server: string, context?: string): Howbeconfig {
  const { cluster } = resolveContext(config, context);
  return { ...config, clusters: config.clusters.map((entry) => (entry.name === cluster ? { ...entry, server } : entry)) };
}

/** Puts a context together: the current one, or the one named. @throws HowbeconfigError */
export function resolveContext(config: Howbeconfig, name = config.currentContext): ResolvedContext {
  if (name === "") throw new HowbeconfigError("the howbeconfig has no current context");
  const context = entryOf(config.contexts, "context", name);
  const cluster = entryOf(config.clusters, "cluster", context.cluster);
  const user = entryOf(config.users, "user", context.user);
  return {
    name,
    cluster: cluster.name,
    server: cluster.server,
    tls: { ca: cluster.ca, cert: user.cert, key: user.key },
    namespace: context.namespace ?? "default",
  };
}

function entryOf<E extends { readonly name: string }>(entries: readonly E[], what: string, name: string): E {
  const entry = entries.find((each) => each.name === name);
  if (entry === undefined) throw new HowbeconfigError(`the howbeconfig has no ${what} "${name}"`);
  return entry;
}

function replaced<E extends { readonly name: string }>(entries: readonly E[], entry: E): readonly E[] {
  return entries.some(({ name }) => name === entry.name)
    ? entries.map((each) => (each.name === entry.name ? entry : each))
    : [...entries, entry];
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await ifPresent(readFile(path, "utf8"));
  } catch (error: unknown) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HowbeconfigError(`the howbeconfig ${path} cannot be read: ${reason}`, { cause: error });
  }
}

const encode = (pem: string): string => Buffer.from(pem).toString("base64");

/** As text: a kubeconfig's layout and field names. */
export function formatHowbeconfig(config: Howbeconfig): string {
  return formatYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: config.clusters.map(({ name, server, ca }) => ({ name, cluster: { "certificate-authority-data": encode(ca), server } })),
    users: config.users.map(({ name, cert, key }) => ({
      name,
      user: { "client-certificate-data": encode(cert), "client-key-data": encode(key) },
    })),
    contexts: config.contexts.map(({ name, ...context }) => ({ name, context })),
    "current-context": config.currentContext,
  });
}

/** Reads what `formatHowbeconfig` wrote; `path` is for messages. @throws HowbeconfigError */
export function parseHowbeconfig(text: string, path: string): Howbeconfig {
  try {
    const [document] = parseYamlDocuments(text);
    return document === undefined ? emptyHowbeconfig : configOf(fieldsOf(document.value, "the document"));
  } catch (error: unknown) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HowbeconfigError(`the howbeconfig ${path} is malformed: ${reason}`, { cause: error });
  }
}

type Fields = Readonly<Record<string, unknown>>;

function configOf(document: Fields): Howbeconfig {
  if (document.kind !== undefined && document.kind !== "Config") throw new Error(`kind is ${JSON.stringify(document.kind)}, not "Config"`);
  return {
    currentContext: textOf(document, "current-context", ""),
    clusters: entriesOf(document, "clusters", "cluster").map(({ name, fields }) => ({
      name,
      server: textOf(fields, "server"),
      ca: pemOf(fields, "certificate-authority-data"),
    })),
    users: entriesOf(document, "users", "user").map(({ name, fields }) => ({
      name,
      cert: pemOf(fields, "client-certificate-data"),
      key: pemOf(fields, "client-key-data"),
    })),
    contexts: entriesOf(document, "contexts", "context").map(({ name, fields }) => ({
      name,
      cluster: textOf(fields, "cluster"),
      user: textOf(fields, "user"),
      ...(fields.namespace === undefined ? {} : { namespace: textOf(fields, "namespace") }),
    })),
  };
}

function entriesOf(document: Fields, list: string, body: string): readonly { readonly name: string; readonly fields: Fields }[] {
  const entries = document[list] ?? [];
  if (!Array.isArray(entries)) throw new Error(`${list} is not a list`);
  return entries.map((entry: unknown, index) => {
    const fields = fieldsOf(entry, `${list}[${index}]`);
    return { name: textOf(fields, "name"), fields: fieldsOf(fields[body], `${list}[${index}].${body}`) };
  });
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is not a mapping`);
  return value as Fields;
}

function textOf(fields: Fields, name: string, absent?: string): string {
  const value = fields[name] ?? absent;
  if (typeof value !== "string") throw new Error(`${name} is missing or not text`);
  return value;
}

function pemOf(fields: Fields, name: string): string {
  return Buffer.from(textOf(fields, name), "base64").toString();
}
