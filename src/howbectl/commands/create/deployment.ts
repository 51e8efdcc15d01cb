import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { collectList, parseCount, parseInteger } from "../../flags/parse-flag.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";
import { UsageError } from "../../usage-error.js";

interface DeploymentFlags {
  readonly image: readonly string[];
  readonly replicas: number;
  readonly port: number;
}

export const createDeploymentCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("deployment")
      .alias("deploy")
      .description("Create a deployment")
      .argument("[name...]", "name of the deployment; after --: the command to run in its container")
      .requiredOption("--image <image>", "image to run; may be repeated for several containers", collectList)
      .option("-r, --replicas <count>", "number of pods", parseCount, 1)
      .option("--port <port>", "port that the first container exposes; -1: none", parseInteger, -1)
      .action(async (words: string[], flags: DeploymentFlags, self: Command) => {
        const { name, command } = nameAndCommand(words, self);
        if (flags.image.length > 1 && command.length > 0) throw new UsageError("cannot specify multiple --image options and command");
        await createGenerated(deploymentManifest(name, command, flags), self, env);
      }),
    ["Run three pods of an image", "create deployment web --image=nginx:1.27 --replicas=3"],
    ["Say what they are to run", 'create deployment clock --image=busybox:1.36 -- sh -c "while true; do date; sleep 1; done"'],
  );

/** The Deployment that kubectl would make of the same words. */
function deploymentManifest(name: string, command: readonly string[], { image: images, replicas, port }: DeploymentFlags): JsonObject {
  const labels = { app: name };
  const containers = images.map((image, index) => ({
    name: containerName(image),
    image,
    resources: {},
    ...(command.length === 0 ? {} : { command }),
    ...(port < 0 || index > 0 ? {} : { ports: [{ containerPort: port }] }),
  }));
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...unstored, name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: {},
      template: { metadata: { ...unstored, labels }, spec: { containers } },
    },
    status: {},
  };
}

/** The image's last path element without tag and digest, made fit for a container's name. */
function containerName(image: string): string {
  const last = image.split("/").at(-1) ?? image;
  const bare = last.split("@")[0]?.split(":")[0] ?? last;
  return bare.toLowerCase().replace(/[^a-z0-9-]/g, "-");
}
