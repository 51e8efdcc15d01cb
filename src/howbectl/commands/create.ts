import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { addValidateFlag, addWriteFlags } from "../flags/write-flags.js";
import { forEachManifest, namespaceOf } from "../manifests/for-each-manifest.js";
import { type CreateFlags, createAndReport } from "../resources/create-and-report.js";
import { Reporter } from "../resources/report.js";
import { UsageError } from "../usage-error.js";
import { createConfigMapCommand } from "./create/configmap.js";
import { createCronJobCommand } from "./create/cronjob.js";
import { createDeploymentCommand } from "./create/deployment.js";
import { createJobCommand } from "./create/job.js";
import { createNamespaceCommand } from "./create/namespace.js";
import { createPodDisruptionBudgetCommand } from "./create/poddisruptionbudget.js";
import { createPriorityClassCommand } from "./create/priorityclass.js";
import { createQuotaCommand } from "./create/quota.js";
import { createSecretCommand } from "./create/secret.js";
import { createServiceAccountCommand } from "./create/serviceaccount.js";

/** What `create NAME` can make without a file. */
const generators = [
  createConfigMapCommand,
  createCronJobCommand,
  createDeploymentCommand,
  createJobCommand,
  createNamespaceCommand,
  createPodDisruptionBudgetCommand,
  createPriorityClassCommand,
  createQuotaCommand,
  createSecretCommand,
  createServiceAccountCommand,
] as const;

export const createCommand = (env: CliEnv): Command => {
  const command = addValidateFlag(addWriteFlags(addFileFlags(new Command("create")), "howbectl-create"))
    .option("--save-config", "record the manifest on the object, so that a later apply knows what it had")
    .action((flags: FileFlags & CreateFlags) => createFromFiles(flags, env));
  for (const generator of generators) command.addCommand(generator(env));
  return command;
};

/** Creates every object that the files hold. */
export async function createFromFiles(flags: FileFlags & CreateFlags, env: CliEnv): Promise<void> {
  if (flags.filename === undefined)
    throw new UsageError("must specify -f FILENAME, or what to create", "See 'howbectl create --help' for usage.");
  const reporter = new Reporter(flags, env);
  await forEachManifest(flags, env, {
    doing: "creating",
    verb: "create",
    run: async (manifest) =>
      createAndReport({ kind: manifest.kind, namespace: await namespaceOf(manifest, env), json: manifest.json }, flags, env, reporter),
  });
}
