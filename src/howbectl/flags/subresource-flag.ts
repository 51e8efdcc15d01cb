import type { Command } from "commander";
import { UsageError } from "../usage-error.js";

const subresources: readonly string[] = ["status", "scale"];

/** Adds `--subresource`. */
export function addSubresourceFlag(command: Command): Command {
  return command.option("--subresource <name>", "work on this subresource: status or scale", parseSubresource);
}

function parseSubresource(text: string): string {
  if (subresources.includes(text)) return text;
  throw new UsageError(`invalid subresource value: "${text}". Must be one of [${subresources.join(" ")}]`);
}
