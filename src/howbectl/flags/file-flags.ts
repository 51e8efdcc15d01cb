import type { Command } from "commander";
import { collectList } from "./parse-flag.js";

/** Flags of commands that read manifests. */
export interface FileFlags {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
}

/** Adds `-f` and `-R`. */
export function addFileFlags(command: Command): Command {
  return command
    .option("-f, --filename <path>", 'file, directory, or "-" for standard input; may be repeated', collectList)
    .option("-R, --recursive", "also read the directories below a directory");
}
