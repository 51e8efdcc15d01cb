import { spawnSync } from "node:child_process";
import type { Terminal } from "./cli-env.js";

/**
 * The terminal that the process was started on. Raw mode ends with the process at the latest: Node.js itself puts the
 * terminal back when it exits.
 */
export function processTerminal(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Terminal {
  return {
    // A terminal that nobody has given a size yet has none.
    size: () => (output.isTTY === true && output.columns > 0 ? { columns: output.columns, rows: output.rows } : undefined),
    onResize: (changed) => {
      output.on("resize", changed);
      return () => void output.off("resize", changed);
    },
    makeRaw: () => {
      if (input.isTTY !== true) return () => undefined;
      input.setRawMode(true);
      leaveOutputAlone();
      return () => {
        if (!input.destroyed) input.setRawMode(false);
      };
    },
  };
}

/**
 * Keeps the terminal from turning line feeds into new lines: the container's own has done so, and programs that draw on
 * the whole screen mean each as it is. Node.js has no way to say this; what it saved of the terminal restores this, too.
 * Without `stty` most programs look right all the same.
 */
function leaveOutputAlone(): void {
  spawnSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"], shell: false });
}
