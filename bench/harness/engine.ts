import { Agent } from "node:http";
import { createInterface } from "node:readline";
import { inspect } from "node:util";
import Docker from "dockerode";
import { image as testImage } from "../../test/e2e/harness/manifests.js";

const ownLabel = "howbernetes-bench";
const command = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"];

/** docker-modem prints the options of every request, agent and sockets included, to nowhere: a peer must not pay for that. */
class OpaqueAgent extends Agent {
  [inspect.custom](): string {
    return "Agent";
  }
}

/** The Docker Engine itself: what all of it is compared with. */
export class Engine {
  readonly docker = new Docker({ agent: new OpaqueAgent({ keepAlive: true, maxSockets: 32 }) } as Docker.DockerOptions);
  #count = 0;

  async version(): Promise<string> {
    return (await this.docker.version()).Version;
  }

  /** Creates and starts a number of containers, so many at once. */
  async startContainers(count: number, atOnce: number): Promise<void> {
    await inParallel(count, atOnce, async () => {
      const container = await this.docker.createContainer({
        name: this.#name(),
        Image: testImage,
        Cmd: command,
        Labels: { [ownLabel]: "" },
      });
      await container.start();
    });
  }

  /**
   * Creates and starts pods by hand, so many at once: a sandbox in a network, and a container that joins it. Without a
   * network the sandbox gets an empty namespace that Docker does not look at.
   */
  async startPairs(count: number, atOnce: number, network: string | undefined): Promise<void> {
    const image = await this.#sandboxImage();
    await inParallel(count, atOnce, async () => this.#join(await this.#startSandbox(image, network)));
  }

  /** Creates and starts sandboxes that are left empty; the returned function has a container join each, so many at once. */
  async warmSandboxes(count: number, atOnce: number): Promise<() => Promise<void>> {
    const image = await this.#sandboxImage();
    const ids: string[] = [];
    await inParallel(count, atOnce, async () => {
      ids.push(await this.#startSandbox(image, undefined));
    });
    return () =>
      inParallel(count, atOnce, async () => {
        const id = ids.pop();
        if (id !== undefined) await this.#join(id);
      });
  }

  async #sandboxImage(): Promise<string> {
    const [sandbox] = await this.docker.listImages({ filters: { reference: ["howbernetes/sandbox"] } });
    return sandbox?.RepoTags?.[0] ?? "howbernetes/sandbox";
  }

  #startSandbox(image: string, network: string | undefined): Promise<string> {
    const host = {
      NetworkMode: network ?? "none",
      IpcMode: "shareable",
      LogConfig: { Type: "none", Config: {} },
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
    };
    return this.#run({ Image: image, NetworkDisabled: network === undefined, HostConfig: host });
  }

  async #join(sandboxId: string): Promise<void> {
    const host = { NetworkMode: `container:${sandboxId}`, IpcMode: `container:${sandboxId}` };
    await this.#run({ Image: testImage, Cmd: command, HostConfig: host });
  }

  async #run(options: Docker.ContainerCreateOptions): Promise<string> {
    const container = await this.docker.createContainer({ name: this.#name(), Labels: { [ownLabel]: "" }, ...options });
    await container.start();
    return container.id;
  }

  /** Makes a network as a node's pods are in; the returned function removes it. */
  async createNetwork(name: string): Promise<() => Promise<void>> {
    const network = await this.docker.createNetwork({ Name: name, Driver: "bridge", Labels: { [ownLabel]: "" } });
    return async () => {
      await network.remove();
    };
  }

  /** Removes what `startContainers` and `startPairs` made. */
  async removeContainers(): Promise<void> {
    const found = await this.docker.listContainers({ all: true, filters: { label: [ownLabel] } });
    await Promise.all(found.map(({ Id }) => this.docker.getContainer(Id).remove({ force: true })));
  }

  #name(): string {
    return `${ownLabel}-${process.pid}-${this.#count++}`;
  }

  /** Makes this engine a swarm of one; the returned function undoes it. Undefined when it is in a swarm already. */
  async becomeSwarm(): Promise<(() => Promise<void>) | undefined> {
    const info = (await this.docker.info()) as { Swarm?: { LocalNodeState?: string } };
    if (info.Swarm?.LocalNodeState === "active") return undefined;
    await this.docker.swarmInit({ ListenAddr: "127.0.0.1:2377", AdvertiseAddr: "127.0.0.1", ForceNewCluster: false, Spec: {} });
    return async () => {
      await this.docker.swarmLeave({ force: true });
    };
  }

  /** Creates a swarm service and resolves when all its containers run. */
  async startService(name: string, replicas: number, options: ServiceOptions = {}): Promise<void> {
    const running = this.countStarts(name, replicas);
    await running.ready;
    await this.docker.createService(serviceSpec(name, replicas, options) as Docker.CreateServiceOptions);
    await running.reached;
  }

  /** Has the swarm replace all containers of a service, as its update configuration says. */
  async updateService(name: string): Promise<void> {
    const service = this.docker.getService(name);
    const { Spec, Version } = (await service.inspect()) as {
      Spec: { TaskTemplate: { ContainerSpec: object } };
      Version: { Index: number };
    };
    const ContainerSpec = { ...Spec.TaskTemplate.ContainerSpec, Env: ["BENCH_ROUND=new"] };
    await service.update({ ...Spec, version: Version.Index, TaskTemplate: { ...Spec.TaskTemplate, ContainerSpec } });
  }

  /** Removes a service and resolves when its last container is gone. */
  async removeService(name: string): Promise<void> {
    const present = await this.docker.listContainers({ filters: { label: [...serviceLabels(name)] } });
    const gone = this.#events(serviceLabels(name), "destroy", present.length);
    await gone.ready;
    await this.docker.getService(name).remove();
    await gone.reached;
  }

  /** The running containers of a service. */
  async serviceContainers(name: string): Promise<string[]> {
    const found = await this.docker.listContainers({ filters: { label: [...serviceLabels(name)], status: ["running"] } });
    return found.map(({ Id }) => Id);
  }

  kill(id: string): Promise<unknown> {
    return this.docker.getContainer(id).kill();
  }

  /** Watches for containers of a service that start. */
  countStarts(name: string, count: number): Awaited {
    return this.#events(serviceLabels(name), "start", count);
  }

  /** Watches for containers with these labels that end. */
  countDeaths(labels: readonly string[], count: number): Awaited {
    return this.#events(labels, "die", count);
  }

  /** When containers with these labels died, by another label of theirs; in milliseconds since 1970, by the engine's clock. */
  deathTimes(
    label: readonly string[],
    by: string,
    count: number,
  ): { readonly ready: Promise<void>; readonly times: Promise<ReadonlyMap<string, number>> } {
    let subscribed: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      subscribed = resolve;
    });
    const times = (async () => {
      const stream = await this.docker.getEvents({ filters: { type: ["container" as const], event: ["die"], label: [...label] } });
      subscribed();
      const found = new Map<string, number>();
      for await (const line of createInterface({ input: stream })) {
        const { timeNano, Actor } = JSON.parse(line) as { timeNano: number; Actor: { Attributes: Record<string, string> } };
        found.set(Actor.Attributes[by] ?? "", timeNano / 1e6);
        if (found.size >= count) break;
      }
      return found;
    })();
    return { ready, times };
  }

  #events(label: readonly string[], event: string, count: number): Awaited {
    let subscribed: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      subscribed = resolve;
    });
    const reached = (async () => {
      const filters = { type: ["container" as const], event: [event], label: [...label] };
      const stream = await this.docker.getEvents({ filters });
      subscribed();
      let seen = 0;
      if (count === 0) return;
      for await (const chunk of stream) {
        seen += String(chunk)
          .split("\n")
          .filter((line) => line !== "").length;
        if (seen >= count) return;
      }
    })();
    return { ready, reached };
  }
}

/** By which the containers of a swarm's service are known. */
export const serviceLabels = (name: string): readonly string[] => [`com.docker.swarm.service.name=${name}`];

/** How a swarm runs a service, where its defaults will not do. */
export interface ServiceOptions {
  readonly restartDelayMs?: number | undefined;
  /** As the Engine API's UpdateConfig. */
  readonly update?: { readonly Parallelism: number; readonly Order: "start-first" | "stop-first" };
}

function serviceSpec(name: string, replicas: number, { restartDelayMs, update }: ServiceOptions): object {
  return {
    Name: name,
    Mode: { Replicated: { Replicas: replicas } },
    TaskTemplate: {
      ContainerSpec: { Image: testImage, Command: command, StopGracePeriod: 5e9 },
      ...(restartDelayMs === undefined ? {} : { RestartPolicy: { Condition: "any", Delay: restartDelayMs * 1e6 } }),
    },
    ...(update === undefined ? {} : { UpdateConfig: update }),
  };
}

/** Something that is waited for: first until it is watched, then until it has happened. */
export interface Awaited {
  readonly ready: Promise<void>;
  readonly reached: Promise<void>;
}

/** Does a task a number of times, so many at once. */
async function inParallel(count: number, atOnce: number, task: () => Promise<void>): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
