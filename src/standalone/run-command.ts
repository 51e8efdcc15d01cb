import { isAbort } from "../base/abort.js";
import { stopOnSignals } from "../base/stop-signals.js";
import { HowbeconfigError } from "../client/howbeconfig.js";
import { StartupError } from "./startup-error.js";

/** What a command is run with. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  /** Fires at SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  /** Prints a line for the user. */
  readonly print: (line: string) => void;
}

/**
 * Runs a command to its end and ends the process: 0 when it was done, or was told to stop; 1 with one line when it
 * could not be done; 70 (as sysexits.h has it) with a trace for a fault of the program.
 */
export async function runCommand(command: (context: CommandContext) => Promise<void>): Promise<void> {
  const signal = stopOnSignals(process);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    await command({ env: process.env, signal, print });
    process.exit(0);
  } catch (error: unknown) {
    if (signal.aborted && isAbort(error)) process.exit(0);
    process.exit(report(error));
  }
}

function report(error: unknown): number {
  const expected = expectedMessage(error);
  if (expected !== undefined) {
    process.stderr.write(`error: ${expected}\n`);
    return 1;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`howbernetes failed unexpectedly; please report this:\n${trace}\n`);
  return 70;
}

/** The message of an error that its user can do something about. */
function expectedMessage(error: unknown): string | undefined {
  if (error instanceof StartupError || error instanceof HowbeconfigError) return error.message;
  if (!(error instanceof Error)) return undefined;
  const cause = error.cause ?? error;
  // Errors of the system (a port in use, a folder that may not be written) say what is wrong by themselves.
  return cause instanceof Error && "syscall" in cause ? error.message : undefined;
}
