import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import { addDryRunFlag, type DryRun } from "../flags/write-flags.js";
import { setCordoned } from "../nodes/cordon.js";
import { findNodes } from "../nodes/find-nodes.js";

export const cordonCommand = (env: CliEnv): Command =>
  addExamples(
    addDryRunFlag(new Command("cordon"))
      .argument("[node...]", "the nodes, as NAME or node/NAME")
      .option("-l, --selector <query>", "the nodes whose labels match, as disk=ssd")
      .action(async (words: string[], { selector, dryRun }: { readonly selector?: string; readonly dryRun: DryRun }) =>
        setCordoned(await findNodes("cordon", words, selector, env), true, dryRun, env),
      ),
    ["Say of nodes that no new pods are to come there", "cordon n1"],
  );
