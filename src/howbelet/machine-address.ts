import { networkInterfaces } from "node:os";

/** The address by which other machines most likely reach this one: its first IPv4 address that is not a loopback's. */
export function machineAddress(): string {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, all]) => (all ?? []).map((each) => ({ name, ...each })));
  const reachable = addresses.filter(({ family, internal, name }) => family === "IPv4" && !internal && !isBridge(name));
  return reachable[0]?.address ?? "127.0.0.1";
}

/** Docker's own bridges, and those of pod networks, lead only to containers. */
function isBridge(name: string): boolean {
  return name.startsWith("docker") || name.startsWith("br-") || name.startsWith("veth") || name.startsWith("howbe-");
}
