import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DnsSettings } from "./resolv-conf.js";
import { formatResolvConf } from "./resolv-conf.js";

/** What a pod's files in /etc say. */
export interface PodNames {
  readonly address: string;
  readonly hostname: string;
  /** As Docker writes them: `name:address`. */
  readonly extraHosts: readonly string[];
  readonly dns: DnsSettings;
}

/** A file of the machine, and where it appears in a pod's containers. */
export interface PodFile {
  readonly source: string;
  readonly target: string;
}

/**
 * The files that Docker makes for containers that it connects itself, and does not for those that it leaves alone:
 * /etc/hosts and /etc/resolv.conf, a folder for each sandbox, by its id. A pod's containers share them, and may change
 * them.
 */
export class PodFiles {
  constructor(private readonly directory: string) {}

  /** Writes them, unless they are there: a container may have changed them. */
  async write(sandboxId: string, names: PodNames): Promise<void> {
    const [hosts, resolvConf] = this.of(sandboxId);
    await mkdir(join(this.directory, sandboxId), { recursive: true, mode: 0o755 });
    await Promise.all([writeNew(hosts.source, hostsText(names)), writeNew(resolvConf.source, formatResolvConf(names.dns))]);
  }

  of(sandboxId: string): readonly [PodFile, PodFile] {
    const folder = join(this.directory, sandboxId);
    return [
      { source: join(folder, "hosts"), target: "/etc/hosts" },
      { source: join(folder, "resolv.conf"), target: "/etc/resolv.conf" },
    ];
  }

  async remove(sandboxId: string): Promise<void> {
    await rm(join(this.directory, sandboxId), { recursive: true, force: true });
  }

  /** The sandboxes that have files. */
  async sandboxes(): Promise<readonly string[]> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    return readdir(this.directory);
  }
}

/** The text of a pod's /etc/hosts. */
export function hostsText({ address, hostname, extraHosts }: PodNames): string {
  const entries = extraHosts.map((entry) => {
    // The address may hold colons, the name may not.
    const colon = entry.indexOf(":");
    return `${entry.slice(colon + 1)}\t${entry.slice(0, colon)}`;
  });
  const lines = [
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "ff00::0\tip6-mcastprefix",
    "ff02::1\tip6-allnodes",
    "ff02::2\tip6-allrouters",
    ...entries,
    `${address}\t${hostname}`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx", mode: 0o644 });
  } catch (error: unknown) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
