import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DnsSettings } from "./resolv-conf.js";
import { formatResolvConf } from "./resolv-conf.js";

/** What a pod's files in /etc say. */
export interface PodNames {
  readonly address: string;
  readonly hostname: string;
  /** "" for none. */
  readonly domainName: string;
  /** As Docker writes them: `name:address`. */
  readonly extraHosts: readonly string[];
  readonly dns: DnsSettings;
}

/** A file of the machine, and where it appears in a pod's containers. */
export interface PodFile {
  readonly source: string;
  readonly target: string;
}

/** What the files' names end with, after the sandbox's id. */
const suffixes = { hosts: ".hosts", resolvConf: ".resolv.conf" } as const;

/**
 * The files that Docker makes for containers that it connects itself, and does not for those that it leaves alone:
 * /etc/hosts and /etc/resolv.conf, one of each for each sandbox. A pod's containers share them, and may change them.
 */
export class PodFiles {
  constructor(private readonly directory: string) {}

  /** Writes them, unless they are there: a container may have changed them. */
  async write(sandboxId: string, names: PodNames): Promise<void> {
    const [hosts, resolvConf] = this.of(sandboxId);
    if (existsSync(hosts.source) && existsSync(resolvConf.source)) return;
    await Promise.all([writeNew(hosts.source, hostsText(names)), writeNew(resolvConf.source, formatResolvConf(names.dns))]);
  }

  of(sandboxId: string): readonly [PodFile, PodFile] {
    const path = join(this.directory, sandboxId);
    return [
      { source: `${path}${suffixes.hosts}`, target: "/etc/hosts" },
      { source: `${path}${suffixes.resolvConf}`, target: "/etc/resolv.conf" },
    ];
  }

  async remove(sandboxId: string): Promise<void> {
    await Promise.all(this.of(sandboxId).map(({ source }) => rm(source, { force: true })));
  }

  /** The sandboxes that have files. Makes the folder. */
  async sandboxes(): Promise<ReadonlySet<string>> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const names = await readdir(this.directory);
    return new Set(names.map((name) => name.slice(0, name.indexOf("."))));
  }
}

/** The text of a pod's /etc/hosts. */
export function hostsText({ address, hostname, domainName, extraHosts }: PodNames): string {
  const entries = extraHosts.map((entry) => {
    // The address may hold colons, the name may not.
    const colon = entry.indexOf(":");
    return `${entry.slice(colon + 1)}\t${entry.slice(0, colon)}`;
  });
  const lines = [
    // As in Kubernetes, where programs look for it to tell whose file it is.
    "# Kubernetes-managed hosts file.",
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "ff00::0\tip6-mcastprefix",
    "ff02::1\tip6-allnodes",
    "ff02::2\tip6-allrouters",
    ...entries,
    `${address}\t${domainName === "" ? hostname : `${hostname}.${domainName}\t${hostname}`}`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

async function writeNew(path: string, text: string): Promise<void> {
  const write = async (): Promise<void> => {
    await writeFile(path, text, { flag: "wx" });
    // Whatever the umask: a container's programs need not be root.
    await chmod(path, 0o644);
  };
  try {
    await write();
  } catch (error: unknown) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT") throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await write();
  }
}
