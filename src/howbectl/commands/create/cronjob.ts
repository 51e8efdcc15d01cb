import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";

interface CronJobFlags {
  readonly image: string;
  readonly schedule: string;
  readonly restart: string;
}

export const createCronJobCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("cronjob")
      .alias("cj")
      .description("Create a cron job")
      .argument("[name...]", "name of the cron job; after --: the command to run in its container")
      .requiredOption("--image <image>", "image to run")
      .requiredOption("--schedule <schedule>", "when to run, as '*/5 * * * *'")
      .option("--restart <policy>", "OnFailure or Never", "OnFailure")
      .action(async (words: string[], flags: CronJobFlags, self: Command) => {
        const { name, command } = nameAndCommand(words, self);
        await createGenerated(cronJobManifest(name, command, flags), self, env);
      }),
    ["Run something every five minutes", "create cronjob tick --image=busybox:1.36 --schedule='*/5 * * * *' -- date"],
  );

function cronJobManifest(name: string, command: readonly string[], { image, schedule, restart }: CronJobFlags): JsonObject {
  const container = { name, image, resources: {}, ...(command.length === 0 ? {} : { command }) };
  const template = { metadata: unstored, spec: { containers: [container], restartPolicy: restart } };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { ...unstored, name },
    spec: { schedule, jobTemplate: { metadata: { ...unstored, name }, spec: { template } } },
    status: {},
  };
}
