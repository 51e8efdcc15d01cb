import type { Command } from "commander";
import { collect } from "./parse-flag.js";

/** Adds the flags that say what a ConfigMap or Secret is to hold. */
export function addSourceFlags(command: Command): Command {
  return command
    .option(
      "--from-file <[key=]path>",
      "a file's content under its name or the key given, or all files of a directory; may be repeated",
      collect,
    )
    .option("--from-literal <key=value>", "a key and its value; may be repeated", collect)
    .option("--from-env-file <path>", "a file of lines KEY=VALUE; may be repeated", collect)
    .option("--append-hash", "add a hash of the content to the name");
}
