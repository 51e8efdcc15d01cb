import { open, readFile, readlink, stat } from "node:fs/promises";
import { RuntimeError } from "../../errors.js";
import { runProgram } from "./run-program.js";

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
function machineEnd(sandboxId: string): string {
  return `hb${sandboxId.slice(0, 12)}`;
}

/**
 * Whether `connectSandbox` has come to its end for the network namespace that the sandbox has now: the wire vanishes with the
 * namespace, and its machine end is set up last of all.
 */
export async function isConnected(sandboxId: string): Promise<boolean> {
  const flags = await readIfThere(`/sys/class/net/${machineEnd(sandboxId)}/flags`);
  return flags !== undefined && (Number(flags) & upFlag) !== 0;
}

/** Whether a wire hangs loose: its bridge has been removed. */
export async function isLoose(sandboxId: string): Promise<boolean> {
  const path = `/sys/class/net/${machineEnd(sandboxId)}`;
  const [wire, master] = await Promise.all([readLinkIfThere(path), readLinkIfThere(`${path}/master`)]);
  return wire !== undefined && master === undefined;
}

/** Connects wires that are there to the bridge. */
export async function plugIn(sandboxIds: readonly string[], bridge: string, signal: AbortSignal): Promise<void> {
  const input = sandboxIds.map((id) => `link set ${machineEnd(id)} master ${bridge} up\n`).join("");
  if (input !== "") await runProgram("ip", ["-force", "-batch", "-"], { input }, signal);
}

/** Whether this machine has a bridge of that name. */
export async function hasBridge(bridge: string): Promise<boolean> {
  return stat(`/sys/class/net/${bridge}/bridge`).then(
    () => true,
    () => false,
  );
}

/**
 * Gives a sandbox an eth0 on the bridge, with an address and a default route. What an earlier attempt has left half
 * done is undone first. The namespace is held by a descriptor from the check that it is the sandbox's own to the end:
 * a process that dies meanwhile, and a number that is used again, cannot put another namespace in its place.
 *
 * @throws RuntimeError Failed
 */
export async function connectSandbox(wire: Wire, signal: AbortSignal): Promise<void> {
  const { sandboxId, address, prefix, gateway, bridge } = wire;
  const name = machineEnd(sandboxId);
  const [machine, sandbox] = [await open("/proc/self/ns/net"), await openNamespace(wire)];
  try {
    const leftover = await readLinkIfThere(`/sys/class/net/${name}`);
    if (leftover !== undefined) await runProgram("ip", ["link", "delete", name], {}, signal);
    const inside = [
      `link add eth0 address ${hardwareAddress(address)} type veth peer name ${name} netns /proc/self/fd/4`,
      `addr add ${address}/${prefix} dev eth0`,
      "link set eth0 up",
      `route add default via ${gateway}`,
    ];
    const descriptors = [sandbox.fd, machine.fd];
    await runProgram("nsenter", ["--net=/proc/self/fd/3", "ip", "-batch", "-"], { input: `${inside.join("\n")}\n`, descriptors }, signal);
    await runProgram("ip", ["link", "set", name, "master", bridge, "up"], {}, signal);
  } finally {
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

async function openNamespace({ sandboxId, pid }: Pick<Wire, "sandboxId" | "pid">) {
  const failed = (why: string, cause?: unknown): RuntimeError =>
    new RuntimeError("Failed", `process ${pid} of the sandbox ${sandboxId.slice(0, 12)} ${why}`, cause);
  const handle = await open(`/proc/${pid}/ns/net`).catch((error: unknown) => {
    throw failed("cannot be found", error);
  });
  try {
    const [groups, own, its] = await Promise.all([readFile(`/proc/${pid}/cgroup`, "utf8"), stat("/proc/self/ns/net"), handle.stat()]);
    if (!groups.includes(sandboxId)) throw failed("is another container's");
    if (own.ino === its.ino) throw failed("is in the machine's own network");
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

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: unknown) => undefinedIfMissing(error));
}

async function readLinkIfThere(path: string): Promise<string | undefined> {
  return readlink(path).catch((error: unknown) => undefinedIfMissing(error));
}

function undefinedIfMissing(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  // An interface that vanishes while it is read is EINVAL or ENODEV.
  if (code === "ENOENT" || code === "ENODEV" || code === "EINVAL" || code === "ENOTDIR") return undefined;
  throw error;
}
