import type { Command } from "commander";
import { type ObjectFormat, parseObjectFormat } from "../printers/object-format.js";
import { oneOf } from "./parse-flag.js";

/** How far a write goes: "client" sends nothing, "server" stores nothing. */
export type DryRun = "none" | "client" | "server";

/** Flags of commands that write objects. */
export interface WriteFlags {
  readonly dryRun: DryRun;
  readonly output?: ObjectFormat;
}

/** Adds `--dry-run` and `-o`. */
export function addWriteFlags(command: Command): Command {
  return command
    .option("--dry-run <strategy>", 'must be "none", "client" or "server"', oneOf<DryRun>("none", "client", "server"), "none")
    .option("-o, --output <format>", "print the object instead of a message: yaml, json, name or jsonpath=…", parseObjectFormat);
}

/** What a message about a write ends with. */
export function dryRunSuffix(dryRun: DryRun): string {
  if (dryRun === "client") return " (dry run)";
  return dryRun === "server" ? " (server dry run)" : "";
}
