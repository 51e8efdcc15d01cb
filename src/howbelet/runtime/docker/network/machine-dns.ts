import { readFile } from "node:fs/promises";
import { type DnsSettings, parseResolvConf, withoutLoopback } from "./resolv-conf.js";

/** The machine's own file, and where systemd-resolved keeps the servers that it stands in for. */
const sources: readonly string[] = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

/**
 * The machine's resolver settings as far as a pod can use them; undefined when it can use no server. The machine's
 * loopback addresses are for pods in the machine's own network only.
 */
export async function machineDns({ withLoopback = false } = {}): Promise<DnsSettings | undefined> {
  for (const path of sources) {
    const parsed = parseResolvConf(await readFile(path, "utf8").catch((_missing: unknown) => ""));
    const settings = withLoopback ? parsed : withoutLoopback(parsed);
    if (settings.servers.length > 0) return settings;
  }
  return undefined;
}
