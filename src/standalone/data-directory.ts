import { homedir, hostname } from "node:os";
import { join } from "node:path";

/** Where `up` keeps what it must find again. */
export interface DataDirectory {
  readonly root: string;
  /** The embedded store. */
  readonly store: string;
  /** The cluster's CA. */
  readonly pki: string;
  /** The local howbelet's checkpoints. */
  readonly howbelet: string;
  /** Which cluster it is, and who runs it. */
  readonly record: string;
}

/** The places under a data directory. */
export function dataDirectory(root: string): DataDirectory {
  return {
    root,
    store: join(root, "store"),
    pki: join(root, "pki"),
    howbelet: join(root, "howbelet"),
    record: join(root, "cluster.json"),
  };
}

/** `~/.local/share/howbernetes`, or under $XDG_DATA_HOME. */
export function defaultDataDirectory(env: NodeJS.ProcessEnv): string {
  const dataHome = env.XDG_DATA_HOME ?? "";
  return join(dataHome === "" ? join(homedir(), ".local", "share") : dataHome, "howbernetes");
}

/** This machine's name as a Node may have it. */
export function defaultNodeName(): string {
  const name = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 52)
    .replace(/[^a-z0-9]+$/, "");
  return name === "" ? "node" : name;
}
