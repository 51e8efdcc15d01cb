import { readFile } from "node:fs/promises";
import type Docker from "dockerode";
import { RuntimeError } from "../errors.js";
import type { DockerEngine } from "./engine.js";

/**
 * Ends a program that was run in a container, with SIGKILL. Docker has no call for it, but says which process of its
 * machine the program is; that is believed only as far as the process is seen here, in that container's control group.
 * What the program has started itself is left.
 *
 * @throws RuntimeError Failed when it cannot be seen or may not be killed; Unavailable; an abort error
 */
export async function killProgram(engine: DockerEngine, exec: Docker.Exec, containerId: string, signal: AbortSignal): Promise<void> {
  const { Running: isRunning, Pid: pid, ExitCode: exitCode } = await engine.call(signal, (abortSignal) => exec.inspect({ abortSignal }));
  if (!isRunning && exitCode !== null) return;
  if (pid <= 0) throw new RuntimeError("Failed", "the program has not begun yet");
  try {
    const groups = await readFile(`/proc/${pid}/cgroup`, "utf8");
    if (!groups.includes(containerId)) throw new RuntimeError("Failed", `process ${pid} is not of container ${containerId} here`);
    process.kill(pid, "SIGKILL");
  } catch (error: unknown) {
    if (error instanceof RuntimeError) throw error;
    const code = (error as { readonly code?: unknown }).code;
    // It has ended meanwhile.
    if (code === "ESRCH") return;
    throw new RuntimeError("Failed", `process ${pid} cannot be killed: ${String(code)}`, error);
  }
}
