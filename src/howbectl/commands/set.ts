import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { setEnvCommand } from "./set/env.js";
import { setImageCommand } from "./set/image.js";
import { setResourcesCommand } from "./set/resources.js";
import { setServiceAccountCommand } from "./set/serviceaccount.js";

const subcommands = [setEnvCommand, setImageCommand, setResourcesCommand, setServiceAccountCommand] as const;

export const setCommand = (env: CliEnv): Command => {
  const command = new Command("set");
  for (const subcommand of subcommands) command.addCommand(subcommand(env));
  return command;
};
