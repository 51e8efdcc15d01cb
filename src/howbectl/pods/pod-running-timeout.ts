import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDurationMs } from "../flags/parse-flag.js";

/** Adds `--pod-running-timeout`. */
export function addPodRunningTimeout(command: Command, ms: number, shown: string): Command {
  const option = new Option("--pod-running-timeout <duration>", "how long to wait until there is a pod");
  return command.addOption(option.argParser(parsePositive).default(ms, shown));
}

function parsePositive(text: string): number {
  const ms = parseDurationMs(text);
  if (ms <= 0) throw new InvalidArgumentError("--pod-running-timeout must be higher than zero");
  return ms;
}
