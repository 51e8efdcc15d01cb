import { spawn } from "node:child_process";
import { once } from "node:events";
import { RuntimeError } from "./runtime/errors.js";

/** The kernel answers in milliseconds; a machine on its knees gets this long. */
const deadlineMs = 20_000;

/**
 * Runs a program, without a shell, to its end.
 * @throws RuntimeError Failed, with what it said; an abort error when `signal` fired
 */
export async function runProgram(program: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], timeout: deadlineMs, signal });
  const exited = once(child, "close") as Promise<[number | null]>;
  const said: Buffer[] = [];
  child.stderr.on("data", (piece: Buffer) => said.push(piece));
  const [code] = await exited.catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new RuntimeError("Failed", `${program} cannot be run: ${error instanceof Error ? error.message : String(error)}`, error);
  });
  if (code !== 0) throw new RuntimeError("Failed", `${program} failed: ${Buffer.concat(said).toString().trim() || `exit code ${code}`}`);
}
