import { Command } from "commander";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { createPodStreams } from "../../client/pod-streams.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import { collectList } from "../flags/parse-flag.js";
import { parseListenAddresses } from "../forward/listen-addresses.js";
import { PortForwarder } from "../forward/port-forwarder.js";
import { parsePortPair } from "../forward/port-pairs.js";
import { forSessions } from "../pods/pod-order.js";
import { addPodRunningTimeout } from "../pods/pod-running-timeout.js";
import { parsePodTarget, podForSession } from "../pods/workload-pods.js";
import { changesAfter } from "../resources/changes-after.js";
import { selectionOfOne } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";

interface PortForwardFlags {
  readonly address?: readonly string[];
  readonly podRunningTimeout: number;
}

export const portForwardCommand = (env: CliEnv): Command =>
  addExamples(
    addPodRunningTimeout(new Command("port-forward"), 60_000, "1m0s")
      .argument("[what]", "POD or TYPE/NAME")
      .argument("[ports...]", "[LOCAL_PORT:]REMOTE_PORT; :REMOTE_PORT takes any local port that is free")
      .option("--address <addresses>", "IP addresses to listen on, comma-separated, or localhost (default: localhost)", collectList)
      .action((what: string | undefined, ports: string[], flags: PortForwardFlags) => portForward(what, ports, flags, env)),
    ["Reach a pod's port 80 as local port 8080", "port-forward web 8080:80"],
    ["Take a pod of a deployment, and any local port", "port-forward deployment/web :80"],
    ["Listen on all addresses", "port-forward --address 0.0.0.0 web 8080:80"],
  );

/** Carries connections to local ports to a pod's, until the pod ends or the user interrupts. */
async function portForward(what: string | undefined, ports: readonly string[], flags: PortForwardFlags, env: CliEnv): Promise<void> {
  if (what === undefined || ports.length === 0) {
    throw new UsageError("TYPE/NAME and list of ports are required for port-forward", "See 'howbectl port-forward --help' for usage.");
  }
  const addresses = parseListenAddresses(flags.address ?? ["localhost"]);
  const options = { doing: "forward ports to", timeoutMs: flags.podRunningTimeout, order: forSessions };
  const pod = await podForSession(parsePodTarget(what), options, env);
  const pairs = ports.map((text) => parsePortPair(text, pod));
  if (pod.status.phase !== "Running") {
    throw new UsageError(`unable to forward port because pod is not running. Current status=${pod.status.phase ?? ""}`);
  }
  const streams = createPodStreams(await env.client());
  const forwarder = new PortForwarder((port, signal) => streams.portForward(pod.metadata, port, { signal }), env);
  try {
    await forwarder.listen(pairs, addresses);
    await untilEnded(pod, env);
    throw new UsageError("lost connection to pod");
  } finally {
    await forwarder.close();
  }
}

/** Resolves once the pod is at its end, or gone. */
async function untilEnded({ metadata }: Whole<Pod>, env: CliEnv): Promise<void> {
  const client = (await env.client()).of(podKind);
  const selection = selectionOfOne(metadata);
  const list = await client.list({ ...selection, signal: env.signal });
  const runs = ({ metadata: { uid }, status: { phase } }: Whole<Pod>): boolean =>
    uid === metadata.uid && phase !== "Succeeded" && phase !== "Failed";
  if (!list.items.some(runs)) return;
  for await (const { type, object } of changesAfter(client, selection, list, env.signal)) {
    if (type === "deleted" || !runs(object)) return;
  }
  env.signal.throwIfAborted();
}
