import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { rolloutHistoryCommand } from "./rollout/history.js";
import { rolloutPauseCommand } from "./rollout/pause.js";
import { rolloutRestartCommand } from "./rollout/restart.js";
import { rolloutResumeCommand } from "./rollout/resume.js";
import { rolloutStatusCommand } from "./rollout/status.js";
import { rolloutUndoCommand } from "./rollout/undo.js";

const subcommands = [
  rolloutHistoryCommand,
  rolloutPauseCommand,
  rolloutRestartCommand,
  rolloutResumeCommand,
  rolloutStatusCommand,
  rolloutUndoCommand,
] as const;

export const rolloutCommand = (env: CliEnv): Command => {
  const command = new Command("rollout");
  for (const subcommand of subcommands) command.addCommand(subcommand(env));
  return command;
};
