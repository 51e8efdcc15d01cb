import { Command } from "commander";
import type { JsonObject } from "../../api/codec/json-values.js";
import type { CliEnv } from "../cli-env.js";
import { collect, collectList, oneOf, parseCount } from "../flags/parse-flag.js";
import { addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { createGenerated, unstored } from "../resources/create-generated.js";
import { UsageError } from "../usage-error.js";

interface RunFlags extends WriteFlags {
  readonly image: string;
  readonly restart: string;
  readonly command?: boolean;
  readonly env?: readonly string[];
  readonly port?: number;
  readonly labels?: readonly string[];
  readonly annotations?: readonly string[];
  readonly imagePullPolicy?: string;
}

export const runCommand = (env: CliEnv): Command =>
  addWriteFlags(new Command("run"), "howbectl-run")
    .argument("<name>", "name of the pod and of its container")
    .argument("[args...]", "after --: arguments of the image's command, or with --command the command itself")
    .requiredOption("--image <image>", "image to run")
    .option("--restart <policy>", "Always, OnFailure or Never", oneOf("Always", "OnFailure", "Never"), "Always")
    .option("--command", "take the words after -- as the command instead of its arguments")
    .option("--env <name=value>", "environment variable; may be repeated", collect)
    .option("--port <port>", "port that the container exposes", parseCount)
    .option("-l, --labels <key=value>", "labels of the pod, comma-separated; run=NAME when none are given", collectList)
    .option("--annotations <key=value>", "annotation of the pod; may be repeated", collect)
    .option("--image-pull-policy <policy>", "Always, IfNotPresent or Never", oneOf("Always", "IfNotPresent", "Never"))
    .option("--save-config", "record the manifest on the pod, so that a later apply knows what it had")
    .action((name: string, args: string[], flags: RunFlags, command: Command) =>
      createGenerated(podManifest(name, args, flags), command, env),
    );

/** The Pod that kubectl would make of the same words. */
export function podManifest(name: string, args: readonly string[], flags: RunFlags): JsonObject {
  const variables = parsePairs(flags.env ?? [], "env").map(([key, value]) => ({ name: key, value }));
  const container: JsonObject = {
    name,
    image: flags.image,
    resources: {},
    ...(args.length === 0 ? {} : { [flags.command === true ? "command" : "args"]: args }),
    ...(variables.length === 0 ? {} : { env: variables }),
    ...(flags.port === undefined ? {} : { ports: [{ containerPort: flags.port }] }),
    ...(flags.imagePullPolicy === undefined ? {} : { imagePullPolicy: flags.imagePullPolicy }),
  };
  const labels = flags.labels === undefined ? { run: name } : Object.fromEntries(parsePairs(flags.labels, "labels"));
  const annotations =
    flags.annotations === undefined ? {} : { annotations: Object.fromEntries(parsePairs(flags.annotations, "annotations")) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...unstored, name, labels, ...annotations },
    spec: { containers: [container], dnsPolicy: "ClusterFirst", restartPolicy: flags.restart },
    status: {},
  };
}

function parsePairs(texts: readonly string[], flag: string): [string, string][] {
  return texts.map((text) => {
    const equals = text.indexOf("=");
    if (equals < 1) throw new UsageError(`invalid ${flag}: "${text}" is not of the form key=value`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
}
