import { spawn } from "node:child_process";
import type { Programs } from "./cli-env.js";
import { UsageError } from "./usage-error.js";

/** What a shell reports for a program that a signal ended. */
const endedBySignal = 128;

/** The machine's own programs. Ctrl-C while one runs is the program's business, as in an editor. */
export const localPrograms: Programs = {
  run: (program, args) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { stdio: "inherit", shell: false });
      child.once("error", (error) => reject(new UsageError(`unable to launch "${program}": ${error.message}`)));
      child.once("exit", (code) => resolve(code ?? endedBySignal));
    }),
};
