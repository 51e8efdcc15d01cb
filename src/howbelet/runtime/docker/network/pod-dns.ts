import type { DnsConfig } from "../../interface.js";
import { machineDns } from "./machine-dns.js";
import type { DnsSettings } from "./resolv-conf.js";

/** What a resolv.conf holds, by glibc's limits; kubelet leaves the rest out, too. */
const maxServers = 3;
const maxSearches = 32;

/** Docker's word for no search list at all, where an empty one is the engine's own. */
export const noSearches = ".";

/** A pod's settings: its own alone, or what it adds to the machine's, by Kubernetes' rules. */
export function mergeDns({ extendsMachine, servers, searches, options }: DnsConfig, machine: DnsSettings): DnsSettings {
  if (!extendsMachine) return { servers, searches, options };
  const own = new Set(options.map(optionName));
  return {
    servers: unique([...machine.servers, ...servers]).slice(0, maxServers),
    searches: unique([...machine.searches, ...searches]).slice(0, maxSearches),
    options: [...machine.options.filter((option) => !own.has(optionName(option))), ...options],
  };
}

/**
 * What a sandbox is made with; empty when the pod has nothing to say, so that it gets the machine's settings of the
 * moment. The settings of another machine cannot be seen from here: they are replaced by what the pod says, not extended.
 */
export async function sandboxDns(
  config: DnsConfig,
  place: { readonly isLocal: boolean; readonly hostNetwork: boolean },
): Promise<DnsSettings> {
  const { extendsMachine, servers, searches, options } = config;
  const saysNothing = servers.length + searches.length + options.length === 0;
  if (extendsMachine && (saysNothing || !place.isLocal)) return { servers, searches, options };
  const machine = await machineDns({ withLoopback: place.hostNetwork });
  const merged = mergeDns(config, machine ?? { servers: [], searches: [], options: [] });
  return { ...merged, searches: merged.searches.length === 0 ? [noSearches] : merged.searches };
}

/** What a sandbox was made with, as its programs are to be told it; the machine's when that was nothing. */
export function storedDns(stored: DnsSettings, machine: DnsSettings): DnsSettings {
  if (stored.servers.length + stored.searches.length + stored.options.length === 0) return machine;
  return { ...stored, searches: stored.searches.filter((search) => search !== noSearches || stored.searches.length > 1) };
}

function optionName(option: string): string {
  return option.split(":")[0] ?? "";
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
