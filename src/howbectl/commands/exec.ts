import { Command } from "commander";
import type { Whole } from "../../api/object.js";
import { createPodStreams } from "../../client/pod-streams.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import { addFileFlags } from "../flags/file-flags.js";
import { parseManifests } from "../manifests/manifest.js";
import { readManifestFiles } from "../manifests/manifest-files.js";
import { defaultContainer } from "../pods/pod-containers.js";
import { forSessions } from "../pods/pod-order.js";
import { addPodRunningTimeout } from "../pods/pod-running-timeout.js";
import { parsePodTarget, podForSession } from "../pods/workload-pods.js";
import { wordsAfterDashes } from "../resources/create-generated.js";
import type { Target } from "../resources/resource-arguments.js";
import { throwUnlessSucceeded } from "../sessions/exit-failure.js";
import { addSessionFlags, type SessionFlags } from "../sessions/session-flags.js";
import { possibleEnds, runSession } from "../sessions/terminal-session.js";
import { UsageError } from "../usage-error.js";

interface ExecFlags extends SessionFlags {
  readonly container?: string;
  readonly filename?: readonly string[];
  readonly podRunningTimeout: number;
}

export const execCommand = (env: CliEnv): Command =>
  addExamples(
    addPodRunningTimeout(addSessionFlags(addFileFlags(new Command("exec"))), 60_000, "1m0s")
      .argument("[words...]", "POD or TYPE/NAME; after --: the program to run and its arguments")
      .option("-c, --container <name>", "container; by default what the pod's annotation names, else the first")
      .action((words: string[], flags: ExecFlags, self: Command) => {
        const { before, after } = wordsAfterDashes(words, self);
        return exec(before, after, flags, env);
      }),
    ["Run a program in a pod", "exec web -- date"],
    ["Work in a shell", "exec -it deployment/web -c app -- sh"],
    ["Send a file through a program", "exec -i web -- sha256sum < file"],
  );

/** Runs a program in a container, on the user's terminal. @throws CommandFailure with the program's exit code */
async function exec(words: readonly string[], command: readonly string[], flags: ExecFlags, env: CliEnv): Promise<void> {
  const target = await targetOf(words, command, flags, env);
  const pod = await podForSession(target, { doing: "run a program in", timeoutMs: flags.podRunningTimeout, order: forSessions }, env);
  const { phase } = pod.status;
  if (phase === "Succeeded" || phase === "Failed") {
    throw new UsageError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
  const container = flags.container ?? defaultContainer(pod, env, flags.quiet).name;
  throwUnlessSucceeded(await runIn(pod, container, command, flags, env));
}

async function runIn(
  { metadata }: Whole<Pod>,
  container: string,
  command: readonly string[],
  { stdin = false, tty = false, quiet = false }: SessionFlags,
  env: CliEnv,
): Promise<number | undefined> {
  const streams = createPodStreams(await env.client());
  const ends = possibleEnds({ stdin, tty, quiet }, env);
  const terminalSize = ends.tty ? env.terminal.size() : undefined;
  return await runSession(ends, (signal) => streams.exec(metadata, { ...ends, container, command, terminalSize, signal }), env);
}

async function targetOf(words: readonly string[], command: readonly string[], { filename }: ExecFlags, env: CliEnv): Promise<Target> {
  const [name, ...others] = words;
  if (others.length > 0) {
    const hint = "See 'howbectl exec --help' for usage.";
    throw new UsageError("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead", hint);
  }
  if (name === undefined && filename === undefined) throw new UsageError("pod, type/name or --filename must be specified");
  if (command.length === 0) throw new UsageError("you must specify at least one command for the container");
  if (name !== undefined) return parsePodTarget(name);
  const [first] = (await readManifestFiles(filename ?? [], env)).flatMap(parseManifests);
  if (first === undefined) throw new UsageError("no objects passed to exec");
  if ("error" in first) throw first.error;
  return { kind: first.manifest.kind, name: first.manifest.name };
}
