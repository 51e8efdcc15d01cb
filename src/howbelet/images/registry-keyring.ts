import type { RegistryCredentials } from "../runtime/image-store.js";

/** What of an account is known; where it is good for is told apart. */
export interface RegistryAccount {
  readonly username: string;
  readonly password: string;
}

/** Accounts by where they are good for: "registry.example.com", "https://registry.example.com/team", "*.example.com". */
export type RegistryAccounts = ReadonlyMap<string, RegistryAccount>;

/** Under which Docker keeps the account of Docker Hub. */
const hubKey = "index.docker.io";
const hub = "docker.io";

/**
 * Reads the accounts of a Docker configuration: "config.json" (a Secret's .dockerconfigjson), or of the older format
 * without "auths" around them (.dockercfg). Entries without an account, as credential helpers leave them, are left out.
 * Undefined when it is not such a configuration.
 */
export function parseRegistryAccounts(text: string, format: "config.json" | "dockercfg"): RegistryAccounts | undefined {
  const config = parseObject(text);
  if (config === undefined) return undefined;
  const entries = format === "dockercfg" ? config : asObject(config.auths ?? {});
  if (entries === undefined) return undefined;
  const accounts = new Map<string, RegistryAccount>();
  for (const [location, entry] of Object.entries(entries)) {
    const account = accountOf(asObject(entry) ?? {});
    if (account !== undefined) accounts.set(location, account);
  }
  return accounts;
}

/**
 * The accounts to try for a repository ("docker.io/library/nginx"), the most particular first: those whose location
 * has the registry's host ("*" stands for any part of it between dots) and port, and begins its path.
 */
export function accountsFor(repository: string, known: readonly RegistryAccounts[]): readonly RegistryCredentials[] {
  const all = known.flatMap((accounts) => [...accounts].map(([location, account]) => ({ key: keyOf(location), account })));
  const sorted = all.filter(({ key }) => key !== "").sort((a, b) => (a.key < b.key ? 1 : a.key > b.key ? -1 : 0));
  const matching = sorted.filter(({ key }) => matches(key, repository));
  const isOnHub = repository.startsWith(`${hub}/`);
  const chosen = matching.length > 0 || !isOnHub ? matching : sorted.filter(({ key }) => key === hubKey);
  const server = isOnHub ? "" : (repository.split("/")[0] ?? "");
  return chosen.map(({ account: { username, password } }) => ({ server, username, password }));
}

/** A location without its scheme and the API's version; "" when it is none. */
function keyOf(location: string): string {
  const [, host = "", path = ""] = /^(?:https?:\/\/)?([^/]*)(\/.*)?$/.exec(location) ?? [];
  const rest = path.replace(/^\/v[12]\//, "/");
  return host === "" ? "" : `${host}${rest === "/" ? "" : rest}`;
}

function matches(key: string, repository: string): boolean {
  const [wanted, actual] = [partsOf(key), partsOf(repository)];
  if (wanted.port !== actual.port || wanted.labels.length !== actual.labels.length) return false;
  if (!actual.path.startsWith(wanted.path)) return false;
  return wanted.labels.every((label, index) => matchesLabel(label, actual.labels[index] ?? ""));
}

function partsOf(location: string): { readonly labels: readonly string[]; readonly port: string; readonly path: string } {
  const [, host = "", port = "", path = ""] = /^(.*?)(?::(\d+))?(\/.*)?$/.exec(location) ?? [];
  return { labels: host.split("."), port, path };
}

/** "*" is any text, "?" any character. */
function matchesLabel(pattern: string, label: string): boolean {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(label);
}

function accountOf({ username, password, auth }: Readonly<Record<string, unknown>>): RegistryAccount | undefined {
  if (typeof auth === "string" && auth !== "") {
    const text = Buffer.from(auth, "base64").toString();
    const colon = text.indexOf(":");
    return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, "") };
  }
  if (typeof username !== "string" || username === "") return undefined;
  return { username, password: typeof password === "string" ? password : "" };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch (_notJson: unknown) {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
