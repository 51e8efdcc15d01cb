import type { Command } from "commander";

/** Flags of commands that give a process the user's terminal. */
export interface SessionFlags {
  readonly stdin?: boolean;
  readonly tty?: boolean;
  readonly quiet?: boolean;
}

/** Adds `-i`, `-t` and `-q`. */
export function addSessionFlags(command: Command): Command {
  return command
    .option("-i, --stdin", "pass standard input to the container")
    .option("-t, --tty", "standard input is a terminal")
    .option("-q, --quiet", "print nothing but what comes from the container");
}
