import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { topNodeCommand } from "./top/node.js";
import { topPodCommand } from "./top/pod.js";

export const topCommand = (env: CliEnv): Command => new Command("top").addCommand(topNodeCommand(env)).addCommand(topPodCommand(env));
