import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { abortError } from "../../../base/abort.js";
import { RuntimeError } from "../errors.js";
import type { DockerEngine } from "./engine.js";
import { dialLoopback } from "./network/loopback-dialer.js";

/** A pod on this machine answers at once, or refuses; packets that go nowhere are given this long. */
const connectTimeoutMs = 10_000;

/** What a connection to a pod takes to know. */
export interface DialedPod {
  readonly sandboxId: string;
  /** "" where it has none of its own: it uses the machine's network. */
  readonly ip: string;
}

/**
 * Connects to a port of a pod: at its address, and where nobody listens there, at its loopback, which takes the right
 * to enter its network. A pod in the machine's own network is dialed at the machine's loopback.
 * @throws RuntimeError Failed, NotFound; an abort error when `signal` fired
 */
export async function connectToPod(engine: DockerEngine, { sandboxId, ip }: DialedPod, port: number, signal: AbortSignal): Promise<Duplex> {
  if (ip === "" && !engine.isLocal)
    throw new RuntimeError("Failed", "the pod uses the network of another machine, on which the container engine runs");
  try {
    return await dial(ip === "" ? "127.0.0.1" : ip, port, signal);
  } catch (error: unknown) {
    if (signal.aborted) throw abortError(signal);
    const { code = "" } = error as NodeJS.ErrnoException;
    if (ip !== "" && code === "ECONNREFUSED" && engine.isLocal) {
      const { State: state } = await engine.call(signal, (abortSignal) => engine.docker.getContainer(sandboxId).inspect({ abortSignal }));
      return await dialLoopback({ sandboxId, pid: state.Pid }, port, signal);
    }
    throw new RuntimeError("Failed", `port ${port} of the pod cannot be reached: ${code}`, error);
  }
}

function dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const late = AbortSignal.timeout(connectTimeoutMs);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    const give = (error: unknown): void => {
      settled();
      socket.destroy();
      reject(error);
    };
    const stop = (): void => give(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }));
    const settled = (): void => {
      signal.removeEventListener("abort", stop);
      late.removeEventListener("abort", stop);
      socket.off("error", give);
    };
    signal.addEventListener("abort", stop, { once: true });
    late.addEventListener("abort", stop, { once: true });
    socket.once("error", give);
    socket.once("connect", () => {
      settled();
      resolve(socket);
    });
    if (signal.aborted) stop();
  });
}
