import { readFile } from "node:fs/promises";

/** What tells a machine from all others; "" for what it does not say of itself. */
export interface MachineIds {
  /** The operating system's, which a new installation changes. */
  readonly machineId: string;
  /** The hardware's. */
  readonly systemUuid: string;
  /** The kernel's, another after each restart. */
  readonly bootId: string;
}

/** Of this machine. */
export async function machineIds(): Promise<MachineIds> {
  const [machineId, systemUuid, bootId] = await Promise.all([
    contentOf("/etc/machine-id"),
    contentOf("/sys/class/dmi/id/product_uuid"),
    contentOf("/proc/sys/kernel/random/boot_id"),
  ]);
  return { machineId, systemUuid, bootId };
}

async function contentOf(path: string): Promise<string> {
  return (await readFile(path, "utf8").catch((_absent: unknown) => "")).trim();
}
