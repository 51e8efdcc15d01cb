import type { Terminal } from "./cli-env.js";

/**
 * The terminal that the process was started on. Raw mode ends with the process at the latest: Node.js itself puts the
 * terminal back when it exits.
 */
export function processTerminal(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Terminal {
  return {
    size: () => (output.isTTY === true ? { columns: output.columns, rows: output.rows } : undefined),
    onResize: (changed) => {
      output.on("resize", changed);
      return () => void output.off("resize", changed);
    },
    makeRaw: () => {
      if (input.isTTY !== true) return () => undefined;
      input.setRawMode(true);
      return () => {
        if (!input.destroyed) input.setRawMode(false);
      };
    },
  };
}
