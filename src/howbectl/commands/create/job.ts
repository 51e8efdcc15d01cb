import { Command } from "commander";
import { objectToJson } from "../../../api/codec/json.js";
import type { JsonObject } from "../../../api/codec/json-values.js";
import { cronJobKind } from "../../../api/kinds/cronjob/kind.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { objectAt } from "../../manifests/json-fields.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";
import { parseTargets } from "../../resources/resource-arguments.js";
import { keyFor } from "../../resources/selection-flags.js";
import { UsageError } from "../../usage-error.js";

interface JobFlags {
  readonly image?: string;
  readonly from?: string;
}

export const createJobCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("job")
      .description("Create a job")
      .argument("[name...]", "name of the job; after --: the command to run in its container")
      .option("--image <image>", "image to run")
      .option("--from <cronjob/name>", "the cron job that the job is to be made of, as the schedule would")
      .action(async (words: string[], flags: JobFlags, self: Command) => {
        const { name, command } = nameAndCommand(words, self);
        if (!flags.image === !flags.from) throw new UsageError("either --image or --from must be specified");
        if (flags.from && command.length > 0) throw new UsageError("cannot specify --from and command");
        const json = flags.from ? await jobFromCronJob(name, flags.from, env) : jobManifest(name, flags.image ?? "", command);
        await createGenerated(json, self, env);
      }),
    ["Run something once", "create job pi --image=busybox:1.36 -- date"],
    ["Run what a cron job runs, now", "create job backup-now --from=cronjob/backup"],
  );

function jobManifest(name: string, image: string, command: readonly string[]): JsonObject {
  const container = { name, image, resources: {}, ...(command.length === 0 ? {} : { command }) };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...unstored, name },
    spec: { template: { metadata: unstored, spec: { containers: [container], restartPolicy: "Never" } } },
    status: {},
  };
}

async function jobFromCronJob(name: string, from: string, env: CliEnv): Promise<JsonObject> {
  const [target] = parseTargets([from]);
  if (target?.kind.typeName !== cronJobKind.typeName) throw new UsageError("from must be an existing cronjob");
  const client = await env.client();
  const cronJob = await client.of(cronJobKind).get(await keyFor(target.kind, target.name, env), { signal: env.signal });
  const template = objectAt(objectAt(objectToJson(cronJobKind, cronJob), "spec"), "jobTemplate");
  const { labels, annotations } = objectAt(template, "metadata");
  const owner = { apiVersion: "batch/v1", kind: "CronJob", name: cronJob.metadata.name, uid: cronJob.metadata.uid, controller: true };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      ...unstored,
      name,
      annotations: { ...(annotations as JsonObject | undefined), "cronjob.kubernetes.io/instantiate": "manual" },
      ...(labels === undefined ? {} : { labels }),
      ownerReferences: [owner],
    },
    spec: objectAt(template, "spec"),
    status: {},
  };
}
