import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { clusterRiskCommand } from "./cluster/risk.js";

export const clusterCommand = (env: CliEnv): Command => new Command("cluster").addCommand(clusterRiskCommand(env));
