import type { Command } from "commander";
import { UsageError } from "../usage-error.js";
import { addFileFlags } from "./file-flags.js";
import { addWriteFlags, type WriteFlags } from "./write-flags.js";

/** Adds the flags that every `set` command takes. */
export function addChangeFlags(command: Command): Command {
  return addWriteFlags(addFileFlags(command), "howbectl-set")
    .option("-l, --selector <query>", "only objects whose labels match, as app=web,tier!=db")
    .option("--all", "all objects of the types given, in the namespace")
    .option("--local", "change the object as its file has it, and ask no server");
}

/** @throws UsageError when the flags ask for a server and for none */
export function checkLocal({ local, dryRun }: Pick<WriteFlags, "dryRun"> & { readonly local?: boolean }): void {
  if (local === true && dryRun === "server") {
    throw new UsageError("cannot specify --local and --dry-run=server - did you mean --dry-run=client?");
  }
}
