import { Command } from "commander";
import type { JsonObject } from "../../api/codec/json-values.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { applyPatch } from "../../api/patch/patch.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import { collect, collectList, oneOf, parseCount } from "../flags/parse-flag.js";
import { addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { withLastAppliedRecord } from "../manifests/last-applied.js";
import { addPodRunningTimeout } from "../pods/pod-running-timeout.js";
import { createGenerated, unstored } from "../resources/create-generated.js";
import { createObject } from "../resources/object-calls.js";
import { type RunFlags as AttachFlags, runAttached } from "../sessions/run-attached.js";
import { addSessionFlags } from "../sessions/session-flags.js";
import { UsageError } from "../usage-error.js";

interface RunFlags extends WriteFlags, AttachFlags {
  readonly image: string;
  readonly restart: string;
  readonly command?: boolean;
  readonly env?: readonly string[];
  readonly port?: number;
  readonly labels?: readonly string[];
  readonly annotations?: readonly string[];
  readonly imagePullPolicy?: string;
  readonly privileged?: boolean;
  readonly overrides?: string;
  readonly overrideType?: "merge" | "json" | "strategic";
  readonly saveConfig?: boolean;
  /** Absent: when standard input is passed. */
  readonly attach?: boolean;
}

export const runCommand = (env: CliEnv): Command =>
  addExamples(
    addPodRunningTimeout(addSessionFlags(addWriteFlags(new Command("run"), "howbectl-run")), 60_000, "1m0s")
      .argument("<name>", "name of the pod and of its container")
      .argument("[args...]", "after --: arguments of the image's command, or with --command the command itself")
      .requiredOption("--image <image>", "image to run")
      .option("--restart <policy>", "Always, OnFailure or Never", oneOf("Always", "OnFailure", "Never"), "Always")
      .option("--command", "take the words after -- as the command instead of its arguments")
      .option("--attach", "wait for the pod, and go on on its output; the default with -i")
      .option("--no-attach", "with -i, leave the pod to itself")
      .option("--rm", "delete the pod at the end of the session")
      .option("--leave-stdin-open", "keep the container's input open after the session")
      .option("--env <name=value>", "environment variable; may be repeated", collect)
      .option("--port <port>", "port that the container exposes", parseCount)
      .option("-l, --labels <key=value>", "labels of the pod, comma-separated; run=NAME when none are given", collectList)
      .option("--annotations <key=value>", "annotation of the pod; may be repeated", collect)
      .option("--image-pull-policy <policy>", "Always, IfNotPresent or Never", oneOf("Always", "IfNotPresent", "Never"))
      .option("--privileged", "run the container with all the machine's rights")
      .option("--overrides <json>", "what the pod is to have besides or instead, as JSON")
      .option("--override-type <type>", "merge, json or strategic", oneOf("merge", "json", "strategic"), "merge")
      .option("--save-config", "record the manifest on the pod, so that a later apply knows what it had")
      .action((name: string, args: string[], flags: RunFlags, command: Command) =>
        run(podManifest(name, args, flags), flags, command, env),
      ),
    ["Work in a shell of a pod that is gone afterwards", "run -it --rm shell --image=busybox:1.36 --restart=Never -- sh"],
    ["Start a pod", "run web --image=nginx:1.27 --port=80"],
  );

async function run(manifest: JsonObject, flags: RunFlags, command: Command, env: CliEnv): Promise<void> {
  const { stdin = false, tty = false, attach = stdin, rm = false, dryRun, overrides, overrideType = "merge" } = flags;
  const hint = "See 'howbectl run --help' for usage.";
  if (tty && !stdin) throw new UsageError("-i/--stdin is required for containers with -t/--tty=true", hint);
  if (rm && !attach) throw new UsageError("--rm should only be used for attached containers", hint);
  if (attach && dryRun !== "none") {
    const options = "can't be used with attached containers options (--attach, --stdin, or --tty)";
    throw new UsageError(`--dry-run=[server|client] ${options}`, hint);
  }
  const wanted = overrides === undefined ? manifest : applyPatch(podKind, manifest, overrideType, parseOverrides(overrides));
  if (!attach) return await createGenerated(wanted, command, env);
  const json = flags.saveConfig === true ? withLastAppliedRecord(wanted) : wanted;
  const created = await createObject({ kind: podKind, namespace: await env.namespace() }, json, flags, env);
  await runAttached(created as Whole<Pod>, flags, env);
}

function parseOverrides(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error: unknown) {
    throw new UsageError(`invalid --overrides: ${error instanceof Error ? error.message : String(error)}`);
  }
}

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
    ...(flags.stdin === true ? { stdin: true } : {}),
    ...(flags.stdin === true && flags.leaveStdinOpen !== true ? { stdinOnce: true } : {}),
    ...(flags.tty === true ? { tty: true } : {}),
    ...(flags.privileged === true ? { securityContext: { privileged: true } } : {}),
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
