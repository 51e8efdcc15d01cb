import { Command } from "commander";
import { apiserverCommand } from "./commands/apiserver.js";
import { controllersCommand, schedulerCommand } from "./commands/component.js";
import { downCommand } from "./commands/down.js";
import { upCommand } from "./commands/up.js";

/** Runs the `howbernetes` program with the words of its command line. */
export async function runHowbernetes(argv: readonly string[]): Promise<void> {
  const commands = [upCommand(), apiserverCommand(), schedulerCommand(), controllersCommand(), downCommand()];
  const program = new Command("howbernetes").description("a container orchestrator with Kubernetes' API, on Docker");
  for (const command of commands) program.addCommand(command);
  program.showHelpAfterError("(add --help for the flags)");
  await program.parseAsync(argv);
}
