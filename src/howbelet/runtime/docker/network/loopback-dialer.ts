import { spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { abortError } from "../../../../base/abort.js";
import { RuntimeError } from "../../errors.js";
import { openNamespace } from "./wiring.js";

/** Starting Node.js takes a tenth of this on a machine at work. */
const dialTimeoutMs = 10_000;

/**
 * What runs in the pod's network namespace: it connects, hands the socket over, and ends. A socket stays in the
 * namespace in which it was made, and nothing passes through this program. It reads nothing, for what it read would be lost.
 */
const program = `
const { connect } = require("node:net");
const port = Number(process.argv[1]);
function dial(hosts) {
  const [host, ...others] = hosts;
  const socket = connect({ host, port });
  socket.pause();
  socket.once("connect", () => process.send("connected", socket));
  socket.once("error", (error) => (others.length > 0 ? dial(others) : process.send(error.code, () => process.disconnect())));
}
dial(["127.0.0.1", "::1"]);
`;

/** A sandbox whose loopback is to be dialed. */
export interface DialedSandbox {
  readonly sandboxId: string;
  /** Of the sandbox's process. */
  readonly pid: number;
}

/**
 * Connects to a port of a sandbox's loopback. Takes a sandbox of this machine, and the right to enter its namespace.
 * @throws RuntimeError Failed; an abort error when `signal` fired
 */
export async function dialLoopback(sandbox: DialedSandbox, port: number, signal: AbortSignal): Promise<Socket> {
  const namespace = await openNamespace(sandbox);
  const deadline = AbortSignal.timeout(dialTimeoutMs);
  try {
    const args = ["--net=/proc/self/fd/3", process.execPath, "-e", program, String(port)];
    const either = AbortSignal.any([signal, deadline]);
    // Nothing of this process's environment is for it, such as what Node.js is to load first.
    const env = { PATH: process.env.PATH };
    const child = spawn("nsenter", args, { stdio: ["ignore", "ignore", "ignore", namespace.fd, "ipc"], env, signal: either });
    // A program that could not be started, or was ended, tells its fate by its messages, which then do not come.
    child.on("error", (_told: unknown) => undefined);
    const [message, handle] = await Promise.race([
      once(child, "message", { signal: either }),
      once(child, "disconnect", { signal: either }).then(() => ["cannot be entered"]),
    ]);
    if (handle instanceof Socket) {
      child.disconnect();
      // As it is made of a handle it would close its second half with its first.
      handle.allowHalfOpen = true;
      return handle;
    }
    throw new RuntimeError("Failed", `nobody listens on port ${port} of the pod: ${String(message)}`);
  } catch (error: unknown) {
    if (signal.aborted) throw abortError(signal);
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError("Failed", `port ${port} of the pod could not be reached from within its network`, error);
  } finally {
    await namespace.close();
  }
}
