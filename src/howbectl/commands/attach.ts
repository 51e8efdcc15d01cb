import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import { namedOrDefaultContainer } from "../pods/pod-containers.js";
import { forSessions } from "../pods/pod-order.js";
import { addPodRunningTimeout } from "../pods/pod-running-timeout.js";
import { parsePodTarget, podForSession } from "../pods/workload-pods.js";
import { attachTo } from "../sessions/attach.js";
import { addSessionFlags, type SessionFlags } from "../sessions/session-flags.js";
import { UsageError } from "../usage-error.js";

interface AttachFlags extends SessionFlags {
  readonly container?: string;
  readonly podRunningTimeout: number;
}

export const attachCommand = (env: CliEnv): Command =>
  addExamples(
    addPodRunningTimeout(addSessionFlags(new Command("attach")), 60_000, "1m0s")
      .argument("[what...]", "POD, TYPE/NAME or TYPE NAME")
      .option("-c, --container <name>", "container; by default what the pod's annotation names, else the first")
      .action((words: string[], flags: AttachFlags) => attach(words, flags, env)),
    ["See what a container writes from now on", "attach web"],
    ["Go on with a shell that runs already", "attach -it web -c shell"],
  );

/** Connects the user's terminal with the process of a running container. */
async function attach(words: readonly string[], flags: AttachFlags, env: CliEnv): Promise<void> {
  if (words.length === 0) throw new UsageError("at least 1 argument is required for attach");
  if (words.length > 2) {
    throw new UsageError(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${words.length}: [${words.join(" ")}]`);
  }
  const target = parsePodTarget(words.join("/"));
  const pod = await podForSession(target, { doing: "attach to", timeoutMs: flags.podRunningTimeout, order: forSessions }, env);
  const { phase } = pod.status;
  if (phase === "Succeeded" || phase === "Failed") {
    throw new UsageError(`cannot attach a container in a completed pod; current phase is ${phase}`);
  }
  await attachTo(pod, namedOrDefaultContainer(pod, flags.container, env, flags.quiet), flags, env);
}
