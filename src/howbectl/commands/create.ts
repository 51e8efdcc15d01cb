import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { parseCount } from "../flags/parse-flag.js";
import { addValidateFlag, addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { forEachManifest, namespaceOf } from "../manifests/for-each-manifest.js";
import { createAndReport } from "../resources/create-and-report.js";
import { kindForWord } from "../resources/kind-lookup.js";
import { deploymentManifest } from "../resources/new-deployment.js";
import { Reporter } from "../resources/report.js";
import { keyFor } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";

export const createCommand = (env: CliEnv): Command =>
  addValidateFlag(addWriteFlags(addFileFlags(new Command("create")), "howbectl-create"))
    .option("--save-config", "record the manifest on the object, so that a later apply knows what it had")
    .action((flags: FileFlags & WriteFlags) => createFromFiles(flags, env))
    .addCommand(createDeploymentCommand(env))
    .addCommand(createNamespaceCommand(env));

/** Creates every object that the files hold. */
export async function createFromFiles(flags: FileFlags & WriteFlags, env: CliEnv): Promise<void> {
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

interface DeploymentFlags extends WriteFlags {
  readonly image: string;
  readonly replicas: number;
  readonly port?: number;
}

const createDeploymentCommand = (env: CliEnv): Command =>
  new Command("deployment")
    .alias("deploy")
    .description("Create a deployment with the specified name")
    .argument("<name>", "name of the deployment")
    .argument("[command...]", "after --: the command to run in the container")
    .requiredOption("--image <image>", "image to run")
    .option("-r, --replicas <count>", "number of pods", parseCount, 1)
    .option("--port <port>", "port that the container exposes", parseCount)
    .action(async (name: string, command: string[], _own: unknown, self: Command) => {
      const flags = self.optsWithGlobals<DeploymentFlags>();
      const kind = kindForWord("deployment");
      const json = deploymentManifest({ name, command, image: flags.image, replicas: flags.replicas, port: flags.port });
      await createAndReport({ kind, namespace: await env.namespace(), json }, flags, env);
    });

const createNamespaceCommand = (env: CliEnv): Command =>
  new Command("namespace")
    .alias("ns")
    .description("Create a namespace with the specified name")
    .argument("<name>", "name of the namespace")
    .action(async (name: string, _own: unknown, self: Command) => {
      const kind = kindForWord("namespace");
      const json = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
      const { namespace } = await keyFor(kind, name, env);
      await createAndReport({ kind, namespace, json }, self.optsWithGlobals<WriteFlags>(), env);
    });
