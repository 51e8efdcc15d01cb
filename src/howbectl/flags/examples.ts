import type { Command } from "commander";

/** A command line, and what it does. */
export type Example = readonly [does: string, line: string];

/** Adds examples to a command's help. */
export function addExamples(command: Command, ...examples: readonly Example[]): Command {
  const text = examples.map(([does, line]) => `  # ${does}\n  howbectl ${line}`).join("\n\n");
  return command.addHelpText("after", `\nExamples:\n${text}`);
}
