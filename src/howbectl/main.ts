import { isAbort, sharedSignal } from "../base/abort.js";
import { ProcessEnv } from "./process-env.js";
import { runProgram } from "./program.js";
import { isCommandFailure } from "./usage-error.js";

/** What a shell reports for a process that a signal ended. */
const signalExitCodes = { SIGINT: 130, SIGTERM: 143, SIGPIPE: 141 } as const;

const interruption = new AbortController();
const interrupted = sharedSignal(interruption.signal);
let interruptedBy: keyof typeof signalExitCodes = "SIGINT";
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => {
    interruptedBy = name;
    interruption.abort();
  });
}
// Whoever reads our output may have seen enough (`howbectl get pods -w | head -1`): nothing to tell, nobody to tell it to.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(signalExitCodes.SIGPIPE);
});

let env: ProcessEnv | undefined;
try {
  await runProgram(process.argv.slice(2), (flags) => {
    env = new ProcessEnv(interrupted, flags);
    return env;
  });
} catch (error: unknown) {
  if (isAbort(error) && interruption.signal.aborted) process.exitCode = signalExitCodes[interruptedBy];
  else {
    const { errorText } = await import("./error-text.js");
    const { createColors } = (await import("picocolors")).default;
    const { red } = createColors(process.stderr.isTTY === true && process.env.NO_COLOR === undefined);
    const text = errorText(error).replace(/^(error|Error from server)\b/gm, (word) => red(word));
    if (text !== "") process.stderr.write(`${text}\n`);
    process.exitCode = isCommandFailure(error) ? error.exitCode : 1;
  }
} finally {
  await env?.close();
}
