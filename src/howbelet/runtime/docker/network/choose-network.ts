import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { geteuid } from "node:process";
import type { Log } from "../../../../base/log.js";
import { runProgram } from "../../../run-program.js";
import { isRuntimeUnavailable, RuntimeError } from "../../errors.js";
import { labelKeys } from "../../identity.js";
import type { PreparedNetwork, RuntimeScope } from "../../interface.js";
import { removeContainer } from "../cleanup.js";
import { emptySandboxHostConfig } from "../create-options.js";
import type { DockerEngine } from "../engine.js";
import { sandboxCommand } from "../sandbox-image.js";
import { DirectNetwork } from "./direct-network.js";
import { DockerNetwork } from "./docker-network.js";
import { machineDns } from "./machine-dns.js";
import { PodFiles } from "./pod-files.js";
import type { PodNetwork } from "./pod-network.js";
import { whyNotReachable } from "./wiring.js";

/** Who connects the pods: the agent itself, or Docker. */
export type PodNetworkChoice = "direct" | "docker";

export const podNetworkChoices: readonly PodNetworkChoice[] = ["direct", "docker"];

export interface NetworkNeeds {
  readonly engine: DockerEngine;
  readonly scope: RuntimeScope;
  readonly subnet: string;
  readonly sandboxImage: string;
  /** Undefined is "direct" where that is possible. */
  readonly choice: PodNetworkChoice | undefined;
  /** Where "direct" keeps the pods' files; without it there is only "docker". */
  readonly directory: string | undefined;
  readonly log: Log;
}

/**
 * Chooses how pods get their network, and prepares it.
 * @throws RuntimeError Failed when "direct" was asked for and is not possible
 */
export async function chooseNetwork(
  needs: NetworkNeeds,
  signal: AbortSignal,
): Promise<{ readonly network: PodNetwork; readonly prepared: PreparedNetwork }> {
  const { engine, scope, subnet, choice, directory, log } = needs;
  if (choice !== "docker" && directory !== undefined) {
    const network = new DirectNetwork({ engine, scope, directory, hasIpv6: existsSync("/proc/sys/net/ipv6/conf/default/disable_ipv6") });
    const reason = await whyNotDirect({ ...needs, directory }, signal);
    const prepared = reason === undefined ? await tryToPrepare(network, subnet, signal) : { obstacle: reason };
    if (!("obstacle" in prepared)) {
      log.info("pods are connected directly", { network: prepared.name });
      return { network, prepared };
    }
    if (choice === "direct") throw new RuntimeError("Failed", `pods cannot be connected directly: ${prepared.obstacle}`);
    log.info("pods are connected by Docker, which takes longer to start them", { reason: prepared.obstacle });
  }
  const network = new DockerNetwork(engine, scope);
  return { network, prepared: await network.prepare(subnet, signal) };
}

async function tryToPrepare(
  network: PodNetwork,
  subnet: string,
  signal: AbortSignal,
): Promise<PreparedNetwork | { readonly obstacle: string }> {
  try {
    return await network.prepare(subnet, signal);
  } catch (error: unknown) {
    if (signal.aborted || isRuntimeUnavailable(error) || !(error instanceof RuntimeError)) throw error;
    return { obstacle: error.message };
  }
}

async function whyNotDirect(needs: NetworkNeeds & { readonly directory: string }, signal: AbortSignal): Promise<string | undefined> {
  const { engine } = needs;
  if (process.platform !== "linux") return "this machine is not Linux";
  if (geteuid?.() !== 0) return "howbelet does not run as root";
  if (!engine.isLocal) return "the container engine is not reached by a socket of this machine";
  const { SecurityOptions: security = [] } = (await engine.call(signal, () => engine.docker.info())) as { SecurityOptions?: string[] };
  const hindering = security.flatMap((option) => /^name=(rootless|userns|selinux)/.exec(option)?.[1] ?? []);
  if (hindering.length > 0) return `the container engine uses ${hindering.join(", ")}`;
  if ((await machineDns()) === undefined) return "this machine names no DNS server that pods could reach";
  for (const program of ["ip", "nsenter"]) {
    const isThere = await runProgram(program, ["-V"], signal).then(
      () => true,
      (_missing: unknown) => false,
    );
    if (!isThere) return `the program ${program} is missing`;
  }
  return probe(needs, signal);
}

/** Starts an empty sandbox, with files, and looks whether its process and the files are what they seem from here. */
async function probe(
  { engine, scope, sandboxImage, directory }: NetworkNeeds & { readonly directory: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const token = `probe-${randomBytes(6).toString("hex")}`;
  const files = new PodFiles(directory);
  await files.write(token, {
    address: "127.0.0.1",
    hostname: "probe",
    domainName: "",
    extraHosts: [],
    dns: { servers: [], searches: [], options: [] },
  });
  const mounts = files.of(token).map(({ source, target }) => ({ Type: "bind" as const, Source: source, Target: target }));
  const options = {
    name: `howbe_${token}`,
    Image: sandboxImage,
    Cmd: [...sandboxCommand],
    // The node's label is for what its pods are made of.
    Labels: { [labelKeys.cluster]: scope.clusterUid },
    NetworkDisabled: true,
    HostConfig: { ...emptySandboxHostConfig, NetworkMode: "none", Mounts: mounts, AutoRemove: true },
  };
  try {
    const { id } = await engine.call(signal, (abortSignal) => engine.docker.createContainer({ ...options, abortSignal }));
    const container = engine.docker.getContainer(id);
    try {
      await engine.call(signal, (abortSignal) => container.start({ abortSignal }));
      const { State: state } = await engine.call(signal, (abortSignal) => container.inspect({ abortSignal }));
      return await whyNotReachable(id, state.Pid);
    } finally {
      // Also when the agent is told to stop meanwhile; the engine, told by AutoRemove, may be faster.
      await removeContainer(engine, id, new AbortController().signal);
    }
  } catch (error: unknown) {
    if (signal.aborted || isRuntimeUnavailable(error) || !(error instanceof RuntimeError)) throw error;
    return error.message;
  } finally {
    await files.remove(token);
  }
}
