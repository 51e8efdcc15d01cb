import { Command } from "commander";
import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { randomSuffix } from "../../api/hash.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CliEnv } from "../cli-env.js";
import { type DebugWish, debugContainer, parsePairs } from "../debugging/debug-container.js";
import { type DebugProfile, debugProfiles } from "../debugging/debug-profile.js";
import { debugSession } from "../debugging/debug-session.js";
import { nodePod } from "../debugging/node-pod.js";
import { copyOfPod } from "../debugging/pod-copy.js";
import { addExamples } from "../flags/examples.js";
import { collect, collectList, oneOf } from "../flags/parse-flag.js";
import { containersOf } from "../pods/pod-containers.js";
import { parsePodTarget } from "../pods/workload-pods.js";
import { wordsAfterDashes } from "../resources/create-generated.js";
import { createObject } from "../resources/object-calls.js";
import type { Target } from "../resources/resource-arguments.js";
import { keyFor } from "../resources/selection-flags.js";
import { addSessionFlags, type SessionFlags } from "../sessions/session-flags.js";
import { UsageError } from "../usage-error.js";

interface DebugFlags extends SessionFlags {
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly container?: string;
  readonly target?: string;
  readonly env?: readonly string[];
  readonly argumentsOnly?: boolean;
  readonly profile: DebugProfile;
  /** Absent: when standard input is passed. */
  readonly attach?: boolean;
  readonly copyTo?: string;
  readonly setImage?: readonly string[];
  readonly shareProcesses?: boolean;
  readonly sameNode?: boolean;
  readonly replace?: boolean;
  readonly keepLabels?: boolean;
  readonly keepAnnotations?: boolean;
  readonly keepLiveness?: boolean;
  readonly keepReadiness?: boolean;
  readonly keepStartup?: boolean;
  readonly keepInitContainers: boolean;
}

const mode = { dryRun: "none", fieldManager: "howbectl-debug" } as const;

export const debugCommand = (env: CliEnv): Command =>
  addExamples(
    addCopyFlags(addContainerFlags(addSessionFlags(new Command("debug"))))
      .argument("<what...>", "POD or TYPE/NAME of pods and nodes; after --, the command of the debugging container")
      .action((words: string[], flags: DebugFlags, command: Command) => debug(words, flags, command, env)),
    ["Look at a pod's processes from a shell beside them", "debug web -it --image=busybox:1.36 --target=web"],
    ["Try a copy of a pod with another image", "debug web --copy-to=web-debug --set-image=web=web:2"],
    ["Run a shell in a copy of a pod, in place of its program", "debug web -it --copy-to=web-debug --container=web -- sh"],
    ["Look around on a node, whose files are at /host", "debug node/n1 -it --image=busybox:1.36"],
  );

function addContainerFlags(command: Command): Command {
  return command
    .option("--image <image>", "image of the debugging container")
    .option("--image-pull-policy <policy>", "Always, IfNotPresent or Never", oneOf("Always", "IfNotPresent", "Never"))
    .option("-c, --container <name>", "name of the debugging container; one is made up by default")
    .option("--target <container>", "container of the pod whose processes are to be seen")
    .option("--env <name=value>", "environment variable; may be repeated", collect)
    .option("--arguments-only", "the words after -- are the arguments of the image's command, not the command")
    .option("--profile <name>", `how much the container may: ${debugProfiles.join(", ")}`, oneOf(...debugProfiles), "general")
    .option("--attach", "wait until the container runs, and go on on its output; the default with -i")
    .option("--no-attach", "with -i, leave the container to itself");
}

function addCopyFlags(command: Command): Command {
  return command
    .option("--copy-to <name>", "look into a copy of the pod, of that name")
    .option("--set-image <name=image>", "with --copy-to: other images, comma-separated; * is every container", collectList)
    .option("--share-processes", "with --copy-to: the copy's containers see each other's processes; the default but of the profile legacy")
    .option("--no-share-processes", "with --copy-to: they see their own")
    .option("--same-node", "with --copy-to: run the copy where the pod runs")
    .option("--replace", "with --copy-to: delete the pod")
    .option("--keep-labels", "with --copy-to: copy the pod's labels")
    .option("--keep-annotations", "with --copy-to: copy the pod's annotations")
    .option("--keep-liveness", "with --copy-to: copy liveness probes")
    .option("--keep-readiness", "with --copy-to: copy readiness probes")
    .option("--keep-startup", "with --copy-to: copy startup probes")
    .option("--no-keep-init-containers", "with --copy-to: leave init containers out");
}

/** Puts a debugging container where the user can look from it, and connects the two. */
async function debug(words: readonly string[], flags: DebugFlags, command: Command, env: CliEnv): Promise<void> {
  const { before: names, after } = wordsAfterDashes(words, command);
  const targets = names.map(parsePodTarget);
  checkFlags(targets, after, flags);
  if (flags.target !== undefined && flags.quiet !== true) env.out.line(`Targeting container "${flags.target}".`);
  for (const target of targets) {
    const { pod, container } = await place(target, { flags, wish: wishOf(after, flags) }, env);
    const attaches = flags.attach ?? flags.stdin ?? false;
    if (attaches && container !== undefined) await debugSession(pod, container, flags, env);
  }
}

interface Asked {
  readonly flags: DebugFlags;
  readonly wish: DebugWish;
}

/** A pod with a container to look from; undefined where only images were changed. */
interface Placed {
  readonly pod: Whole<Pod>;
  readonly container: string | undefined;
}

async function place({ kind, name }: Target, asked: Asked, env: CliEnv): Promise<Placed> {
  const key = await keyFor(kind, name, env);
  const client = await env.client();
  if (kind.typeName === nodeKind.typeName) {
    const { metadata } = await client.of(nodeKind).get(key, { signal: env.signal });
    return onNode(metadata.name, asked, env);
  }
  if (kind.typeName !== podKind.typeName) throw new UsageError(`"${kind.kind}" is not supported by debug: name a pod or a node`);
  const pod = await client.of(podKind).get(key, { signal: env.signal });
  return asked.flags.copyTo === undefined ? beside(pod, asked, env) : inCopy(pod, asked.flags.copyTo, asked, env);
}

async function onNode(node: string, { flags, wish }: Asked, env: CliEnv): Promise<Placed> {
  const container = flags.container ?? "debugger";
  const pod = `node-debugger-${node.slice(0, 40)}-${randomSuffix()}`;
  if (flags.quiet !== true) env.out.line(`Creating debugging pod ${pod} with container ${container} on node ${node}.`);
  return { pod: await create(nodePod({ pod, container, node }, wish), await env.namespace(), env), container };
}

async function beside(pod: Whole<Pod>, { flags, wish }: Asked, env: CliEnv): Promise<Placed> {
  const container = flags.container ?? newName(pod, flags, env);
  const target = flags.target === undefined ? {} : { targetContainerName: flags.target };
  const patch = { spec: { ephemeralContainers: [{ ...debugContainer({ name: container }, wish, "ephemeral"), ...target }] } };
  const options = { subresource: "ephemeralcontainers", fieldManager: mode.fieldManager, signal: env.signal };
  return { pod: await (await env.client()).of(podKind).patch(keyOf(pod), "strategic", patch, options), container };
}

async function inCopy(pod: Whole<Pod>, copyTo: string, { flags, wish }: Asked, env: CliEnv): Promise<Placed> {
  const changesOnlyImages = flags.container === undefined && flags.image === undefined;
  const container = changesOnlyImages ? undefined : (flags.container ?? newName(pod, flags, env));
  const { keepLabels: labels = false, keepAnnotations: annotations = false, keepInitContainers: initContainers } = flags;
  const { keepLiveness: liveness = false, keepReadiness: readiness = false, keepStartup: startup = false } = flags;
  const json = copyOfPod(objectToJson(podKind, pod), {
    ...wish,
    copyTo,
    container,
    images: new Map(parsePairs(flags.setImage ?? [], "set-image")),
    shareProcesses: flags.shareProcesses,
    sameNode: flags.sameNode ?? false,
    keep: { labels, annotations, initContainers, liveness, readiness, startup },
  });
  const copy = await create(json, pod.metadata.namespace, env);
  if (flags.replace === true) {
    const preconditions = { uid: pod.metadata.uid, resourceVersion: undefined };
    await (await env.client()).of(podKind).delete(keyOf(pod), { options: { gracePeriodSeconds: 0, preconditions } });
  }
  return { pod: copy, container };
}

async function create(json: JsonObject, namespace: string, env: CliEnv): Promise<Whole<Pod>> {
  return (await createObject({ kind: podKind, namespace }, json, mode, env)) as Whole<Pod>;
}

function newName(pod: Whole<Pod>, { quiet = false }: DebugFlags, env: CliEnv): string {
  const taken = new Set(containersOf(pod).map(({ name }) => name));
  let name = `debugger-${randomSuffix()}`;
  while (taken.has(name)) name = `debugger-${randomSuffix()}`;
  if (!quiet) env.out.line(`Defaulting debug container name to ${name}.`);
  return name;
}

function wishOf(words: readonly string[], flags: DebugFlags): DebugWish {
  const { image, imagePullPolicy, argumentsOnly = false, stdin = false, tty = false, profile } = flags;
  const env = parsePairs(flags.env ?? [], "env").map(([name, value]) => ({ name, value }));
  return { image, imagePullPolicy, env, words, argumentsOnly, stdin, tty, profile };
}

/** Flags that say something of a copy. */
const copyFlags = [
  "setImage",
  "replace",
  "sameNode",
  "keepLabels",
  "keepAnnotations",
  "keepLiveness",
  "keepReadiness",
  "keepStartup",
] as const;

/** Refuses what contradicts itself, in kubectl's words. @throws UsageError */
function checkFlags(targets: readonly Target[], words: readonly string[], flags: DebugFlags): void {
  const { image, container, copyTo, setImage, target, stdin, tty } = flags;
  if (targets.length === 0) throw new UsageError("NAME or TYPE/NAME is required for debug");
  if (copyTo === undefined) {
    const wrong = copyFlags.find((flag) => flags[flag] !== undefined);
    if (wrong !== undefined) throw new UsageError(`--${dashed(wrong)} may only be used with --copy-to.`);
    if (image === undefined) throw new UsageError("you must specify --image when not using --copy-to.");
  } else {
    if (image === undefined && setImage === undefined && words.length === 0) {
      throw new UsageError("you must specify --image, --set-image or command arguments.");
    }
    if (words.length > 0 && container === undefined && image === undefined) {
      throw new UsageError("you must specify an existing container or a new image when specifying args.");
    }
    if (target !== undefined) throw new UsageError("--target is incompatible with --copy-to. Use --share-processes instead.");
  }
  if (tty === true && stdin !== true) throw new UsageError("-i/--stdin is required for containers with -t/--tty=true");
}

function dashed(flag: string): string {
  return flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
