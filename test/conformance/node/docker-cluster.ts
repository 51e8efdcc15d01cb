import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { ApiObject, Whole } from "../../../src/api/object.js";
import { createLog } from "../../../src/base/log.js";
import { PodsService } from "../../../src/gen/howbernetes/api/v1/pods.js";
import type { Event } from "../../../src/gen/howbernetes/core/v1/event.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { PodLogOptions } from "../../../src/gen/howbernetes/core/v1/pod_log.js";
import { loadIdentity } from "../../../src/howbelet/node-identity.js";
import { parseEvictionThresholds } from "../../../src/howbelet/pressure/eviction-thresholds.js";
import { defaultNodeSettings, type NodeSettings } from "../../../src/howbelet/resources/node-settings.js";
import { removeCluster } from "../../../src/howbelet/runtime/docker/cleanup.js";
import { createDockerRuntime, type DockerRuntimeOptions } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import { removeVolumes } from "../../../src/howbelet/volumes/node-volumes.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";
import { namespace } from "../../builders/index.js";
import { ensureBusyboxImage, whyNoDocker } from "../runtime/busybox-image.js";

/** However full the disk of whoever runs the tests is. */
const settings: NodeSettings = {
  ...defaultNodeSettings,
  evictionHard: parseEvictionThresholds("memory.available<100Mi,nodefs.available<0.1%,imagefs.available<0.1%"),
};

/** Containers take seconds where the whole machine is at work. */
const patienceMs = 60_000;

/** Why there can be no cluster on Docker here, or undefined when there can. */
export const whyNoDockerCluster = whyNoDocker;

/** How the node reaches its engine, the machine's own by default; and what it lets pods do. */
export type DockerClusterOptions = Pick<DockerRuntimeOptions, "host" | "callDeadlineMs"> &
  Partial<Pick<NodeSettings, "maxProcesses" | "allowedSysctls">>;

/**
 * A cluster in this process whose one node runs real containers: api-server on an embedded store, scheduler,
 * controllers, and a howbelet on the machine's Docker Engine. Each test works in a namespace of its own.
 */
export class DockerCluster {
  private namespaces = 0;
  /** Ends the node's howbelet, the containers going on. */
  stopNode = (): Promise<void> => Promise.resolve();

  private constructor(
    readonly cluster: TestCluster,
    /** Where the node's howbelet keeps its files. */
    readonly dataDir: string,
    /** An image with a shell. */
    readonly image: string,
    private readonly options: DockerClusterOptions,
  ) {}

  /** Starts it, with everything that it needs. Stop it when done. */
  static async start(options: DockerClusterOptions = {}): Promise<DockerCluster> {
    const image = await ensureBusyboxImage();
    const dataDir = await mkdtemp(join(tmpdir(), "howbelet-"));
    const cluster = await startCluster({ nodes: 0 });
    const started = new DockerCluster(cluster, dataDir, image, options);
    await started.startNode();
    return started;
  }

  /** Starts the node's howbelet, on the files of the one before it; returns what ends it, its containers going on. */
  async startNode(): Promise<() => Promise<void>> {
    const { maxProcesses, allowedSysctls = [], ...engine } = this.options;
    const runtime = createDockerRuntime({ ...engine, directory: join(this.dataDir, "sandboxes"), log: createLog("test", "silent") });
    const allowed = { ...settings, maxProcesses, allowedSysctls };
    const node = await this.cluster.join({ name: "docker-1", runtime, dataDir: this.dataDir, settings: allowed });
    this.stopNode = () => node.stop();
    return this.stopNode;
  }

  /** Ends the node's howbelet and starts another on its files, the containers going on. */
  async restartNode(): Promise<void> {
    await this.stopNode();
    await this.startNode();
  }

  /** A new namespace. */
  async namespace(prefix: string): Promise<string> {
    const name = `${prefix}-${++this.namespaces}`;
    await this.cluster.client.of(namespaceKind).create(namespace({ name, uid: "", resourceVersion: "" }));
    return name;
  }

  /** Creates what a manifest describes, in a namespace. @throws ApiError what the api-server has against it */
  create<T extends ApiObject>(kind: Kind<T>, ns: string, yaml: string): Promise<Whole<T>> {
    const object = fromManifest(kind, yaml);
    object.metadata.namespace = ns;
    return this.cluster.client.of(kind).create(object as T);
  }

  /** Waits, on a watch, until a pod is as wanted. */
  until(ns: string, name: string, what: string, predicate: (pod: Whole<Pod>) => boolean): Promise<Whole<Pod>> {
    return this.cluster.until(podKind, { namespace: ns, name }, predicate, { what, timeoutMs: patienceMs });
  }

  /** Waits until a pod has come to its end, whichever. */
  ended(ns: string, name: string): Promise<Whole<Pod>> {
    return this.until(ns, name, "its end", ({ status }) => status.phase === "Succeeded" || status.phase === "Failed");
  }

  running(ns: string, name: string): Promise<Whole<Pod>> {
    return this.until(ns, name, "Running", ({ status }) => status.phase === "Running");
  }

  ready(ns: string, name: string): Promise<Whole<Pod>> {
    return this.until(ns, name, "Ready", ({ status }) =>
      status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True"),
    );
  }

  /** What a container has written so far. */
  async logs(ns: string, name: string, container = ""): Promise<string> {
    const pieces: Buffer[] = [];
    const options = PodLogOptions.fromPartial({ container });
    const request = { namespace: ns, name, options };
    for await (const { data } of this.cluster.client.raw(PodsService, "bulk").logs(request)) pieces.push(data);
    return Buffer.concat(pieces).toString();
  }

  /** Follows what a container writes, until it has written `word`; all that it has written by then. */
  async untilLogged(ns: string, name: string, container: string, word: string): Promise<string> {
    const options = PodLogOptions.fromPartial({ container, follow: true });
    const request = { namespace: ns, name, options };
    let text = "";
    for await (const { data } of this.cluster.client.raw(PodsService, "bulk").logs(request)) {
      text += data.toString();
      if (text.includes(word)) return text;
    }
    throw new Error(`${container} ended without "${word}", after: ${text}`);
  }

  /** Creates a pod that comes to its end; what it was then, and what its container wrote. */
  async outputOf(ns: string, yaml: string): Promise<{ readonly pod: Whole<Pod>; readonly output: string }> {
    const { metadata } = await this.create(podKind, ns, yaml);
    const pod = await this.ended(ns, metadata.name);
    return { pod, output: await this.logs(ns, metadata.name) };
  }

  /** Waits until there is an Event about an object of that name which is as wanted. */
  async untilEvent(ns: string, name: string, what: string, predicate: (event: Whole<Event>) => boolean): Promise<Whole<Event>> {
    const isMeant = (event: Whole<Event>): boolean => event.involvedObject?.name === name && predicate(event);
    const events = await this.cluster.untilAll(eventKind, ns, (all) => all.some(isMeant), { what, timeoutMs: patienceMs });
    const found = events.find(isMeant);
    if (found === undefined) throw new Error("a wait for an event ended without one");
    return found;
  }

  /** Deletes a pod that a finalizer keeps, and lets it go once it has come to its end: what it was then. */
  async lastOf(ns: string, name: string): Promise<Whole<Pod>> {
    const pods = this.cluster.client.of(podKind);
    await pods.delete({ namespace: ns, name });
    const pod = await this.ended(ns, name);
    await pods.patch({ namespace: ns, name }, "merge", { metadata: { finalizers: null } });
    return pod;
  }

  async stop(): Promise<void> {
    const identity = await loadIdentity(this.dataDir);
    await this.cluster.stop();
    if (identity !== undefined) await removeCluster(identity.clusterUid);
    await removeVolumes(this.dataDir, createLog("test", "silent"));
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
