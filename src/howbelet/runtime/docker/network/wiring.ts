import { existsSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { RuntimeError } from "../../errors.js";
import type { WireFitter } from "./wire-fitter.js";

/** A sandbox, and where it is to be connected to. */
export interface Wire {
  readonly sandboxId: string;
  /** Of the sandbox's process. */
  readonly pid: number;
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly bridge: string;
}

/** IFF_UP. */
const upFlag = 1;

/** Name of the machine's end of the wire to a sandbox; the other end is the sandbox's eth0. The kernel takes 15 letters. */
export function wireName(sandboxId: string): string {
  return `hb${sandboxId.slice(0, 12)}`;
}

/**
 * Whether `connectSandbox` has come to its end for the network namespace that the sandbox has now: the wire vanishes
 * with the namespace, and its machine end is set up last of all.
 */
export function isConnected(sandboxId: string): boolean {
  // Read at once, here and below: the kernel answers from memory, and asking a thread takes longer.
  const flags = ifThere(() => readFileSync(`/sys/class/net/${wireName(sandboxId)}/flags`, "utf8"));
  return flags !== undefined && (Number(flags) & upFlag) !== 0;
}

/** Whether a wire hangs loose: its bridge has been removed. */
export function isLoose(sandboxId: string): boolean {
  return isWire(sandboxId) && ifThere(() => readlinkSync(`/sys/class/net/${wireName(sandboxId)}/master`)) === undefined;
}

/** Whether this machine has a bridge of that name. */
export function hasBridge(bridge: string): boolean {
  return existsSync(`/sys/class/net/${bridge}/bridge`);
}

/**
 * Gives a sandbox an eth0 on the bridge, with an address and a default route. What an earlier attempt has left half
 * done is undone first. The namespace is held by a descriptor from the check that it is the sandbox's own to the end:
 * a process that dies meanwhile, and a number that is used again, cannot put another namespace in its place.
 *
 * @throws RuntimeError Failed
 */
export async function connectSandbox(wire: Wire, fitter: WireFitter): Promise<void> {
  const { sandboxId, address, prefix, gateway, bridge } = wire;
  const [machine, sandbox] = [await open("/proc/self/ns/net"), await openNamespace(wire)];
  const pathOf = ({ fd }: { readonly fd: number }): string => `/proc/${process.pid}/fd/${fd}`;
  try {
    await fitter.fit({
      name: wireName(sandboxId),
      sandboxNamespace: pathOf(sandbox),
      machineNamespace: pathOf(machine),
      hardwareAddress: hardwareAddress(address),
      address: `${address}/${prefix}`,
      gateway,
      bridge,
    });
  } finally {
    // Not before the work has ended, whoever waits for it: another namespace would get the numbers.
    await Promise.all([machine.close(), sandbox.close()]);
  }
}

/**
 * Why a process cannot be the container's, with a network namespace of its own, as far as this machine sees; undefined
 * if it can.
 */
export async function whyNotReachable(containerId: string, pid: number): Promise<string | undefined> {
  try {
    const handle = await openNamespace({ sandboxId: containerId, pid });
    await handle.close();
    return undefined;
  } catch (error: unknown) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The network namespace of a sandbox's process, which is made sure to be the sandbox's and one of its own. Close it when done.
 * @throws RuntimeError Failed
 */
export async function openNamespace({ sandboxId, pid }: Pick<Wire, "sandboxId" | "pid">): Promise<FileHandle> {
  const failed = (why: string, cause?: unknown): RuntimeError =>
    new RuntimeError("Failed", `process ${pid} of the sandbox ${sandboxId.slice(0, 12)} ${why}`, cause);
  const handle = await open(`/proc/${pid}/ns/net`).catch((error: unknown) => {
    throw failed("cannot be found", error);
  });
  try {
    const groups = ifThere(() => readFileSync(`/proc/${pid}/cgroup`, "utf8"));
    if (groups === undefined) throw failed("has ended");
    if (!groups.includes(sandboxId)) throw failed("is another container's");
    if (statSync("/proc/self/ns/net").ino === (await handle.stat()).ino) throw failed("is in the machine's own network");
    return handle;
  } catch (error: unknown) {
    await handle.close();
    throw error;
  }
}

/** As Docker makes them of the address: whoever knew the address's last owner by its hardware address finds the next. */
function hardwareAddress(address: string): string {
  const octets = address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return ["02", "42", ...octets].join(":");
}

function isWire(sandboxId: string): boolean {
  return existsSync(`/sys/class/net/${wireName(sandboxId)}`);
}

function ifThere(read: () => string): string | undefined {
  try {
    return read();
  } catch (error: unknown) {
    const { code } = error as NodeJS.ErrnoException;
    // What vanishes while it is read is EINVAL, ENODEV or, for a process, ESRCH.
    if (code === "ENOENT" || code === "ENODEV" || code === "EINVAL" || code === "ESRCH") return undefined;
    throw error;
  }
}
