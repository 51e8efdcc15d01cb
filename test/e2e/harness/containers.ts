import type { Readable } from "node:stream";
import Docker from "dockerode";

const label = "howbernetes.dev";

/** A container of a test's node, as Docker has it. */
export interface NodeContainer {
  readonly id: string;
  readonly pod: string;
  readonly podUid: string;
  /** The container's name in its pod; "" for a sandbox. */
  readonly container: string;
  readonly isSandbox: boolean;
  readonly running: boolean;
}

const docker = new Docker();

/** Every container, running or not, that a node's howbelet made. */
export async function containersOf(nodeName: string): Promise<NodeContainer[]> {
  const found = await docker.listContainers({ all: true, filters: { label: [`${label}/node=${nodeName}`] } });
  return found.map(({ Id, Labels, State }) => ({
    id: Id,
    pod: Labels[`${label}/pod-name`] ?? "",
    podUid: Labels[`${label}/pod-uid`] ?? "",
    container: Labels[`${label}/container`] ?? "",
    isSandbox: Labels[`${label}/container-kind`] === "sandbox",
    running: State === "running",
  }));
}

/** The running application containers of a node. */
export async function runningApps(nodeName: string): Promise<NodeContainer[]> {
  return (await containersOf(nodeName)).filter(({ isSandbox, running }) => running && !isSandbox);
}

/** The running container of a pod, or its sandbox. */
export async function containerOf(nodeName: string, pod: string, kind: "app" | "sandbox"): Promise<NodeContainer> {
  const found = (await containersOf(nodeName)).find((one) => one.pod === pod && one.running && one.isSandbox === (kind === "sandbox"));
  if (found === undefined) throw new Error(`${pod} has no running ${kind} container`);
  return found;
}

/** Removes what a node's howbelet made, for nodes whose cluster does not do it. */
export async function removeNode(nodeName: string): Promise<void> {
  for (const { id } of await containersOf(nodeName)) await byHand.remove(id);
  const networks = await docker.listNetworks({ filters: { label: [`${label}/node=${nodeName}`] } });
  for (const { Id: id } of networks) await docker.getNetwork(id).remove();
}

/** What a person does with docker by hand. */
export const byHand = {
  kill: (id: string): Promise<unknown> => docker.getContainer(id).kill(),
  stop: (id: string): Promise<unknown> => docker.getContainer(id).stop({ t: 1 }),
  remove: (id: string): Promise<unknown> => docker.getContainer(id).remove({ force: true }),
  /** Runs `ip addr` inside the container and returns what it prints. */
  addresses: async (id: string): Promise<string> => {
    const exec = await docker.getContainer(id).exec({ Cmd: ["ip", "-4", "addr"], AttachStdout: true, Tty: true });
    let text = "";
    for await (const chunk of await exec.start({ Tty: true })) text += String(chunk);
    return text;
  },
};

/** Runs a command to its end in the running application container of a pod. */
export async function inContainer(nodeName: string, pod: string, command: readonly string[]): Promise<void> {
  const { id } = await containerOf(nodeName, pod, "app");
  const exec = await docker.getContainer(id).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  for await (const _chunk of await exec.start({}));
}

/** Follows a node's container events from now on: the engine remembers but its last 256, of everybody's containers. */
export async function followEvents(nodeName: string): Promise<FollowedEvents> {
  const filters = { type: ["container" as const], label: [`${label}/node=${nodeName}`] };
  const stream = await docker.getEvents({ filters });
  const events: DockerEvent[] = [];
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split("\n");
    rest = lines.pop() ?? "";
    events.push(...lines.filter((line) => line !== "").map(parseEvent));
  });
  return { events, stop: () => void (stream as Readable).destroy() };
}

export interface FollowedEvents {
  /** Those so far, oldest first; it grows. */
  readonly events: readonly DockerEvent[];
  stop(): void;
}

function parseEvent(line: string): DockerEvent {
  const { Action, timeNano, Actor } = JSON.parse(line) as {
    Action: string;
    timeNano: number;
    Actor: { ID: string; Attributes: Record<string, string> };
  };
  return {
    action: Action,
    atMs: timeNano / 1e6,
    id: Actor.ID,
    pod: Actor.Attributes[`${label}/pod-name`] ?? "",
    isSandbox: Actor.Attributes[`${label}/container-kind`] === "sandbox",
  };
}

export interface DockerEvent {
  /** As "start", "die". */
  readonly action: string;
  readonly atMs: number;
  readonly id: string;
  readonly pod: string;
  readonly isSandbox: boolean;
}
