import { makeWhole } from "../../src/api/codec/whole.js";
import { deploymentKind } from "../../src/api/kinds/deployment/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import { createLog } from "../../src/base/log.js";
import { createApiClient, loadConfig, type RemoteApiClient, resolveContext, type WatchEvent } from "../../src/client/index.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { Cluster } from "../../test/e2e/harness/cluster.js";
import { image } from "../../test/e2e/harness/manifests.js";

const container = {
  name: "main",
  image,
  command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"],
};
const podSpec = { containers: [container], terminationGracePeriodSeconds: 5 };

/** howbernetes under measurement: `howbernetes up` in a process of its own, and a client in this one. */
export class Subject {
  private constructor(
    readonly cluster: Cluster,
    readonly client: RemoteApiClient,
  ) {}

  static async start(): Promise<Subject> {
    const cluster = await Cluster.start();
    const { server, tls } = resolveContext(await loadConfig(cluster.env));
    return new Subject(cluster, createApiClient({ address: server, tls, log: createLog("bench", "error") }));
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.cluster.destroy();
  }

  async createPods(names: readonly string[], app: string): Promise<void> {
    const pods = this.client.of(podKind);
    const make = (name: string) => makeWhole(podKind, { metadata: { name, namespace: "default", labels: { app } }, spec: podSpec });
    await Promise.all(names.map((name) => pods.create(make(name))));
  }

  async deletePods(app: string): Promise<void> {
    const pods = this.client.of(podKind);
    const { items } = await pods.list({ namespace: "default", labelSelector: `app=${app}` });
    const gone = this.watchPods(app, (present) => present.size === 0);
    await gone.ready;
    await Promise.all(items.map(({ metadata }) => pods.delete(metadata, { options: { gracePeriodSeconds: 1 } })));
    await gone.reached;
  }

  /** `strategy` as in a manifest; Kubernetes' default if there is none. */
  async createDeployment(name: string, replicas: number, strategy: object = {}): Promise<void> {
    const template = { metadata: { labels: { app: name } }, spec: podSpec };
    const spec = { replicas, strategy, selector: { matchLabels: { app: name } }, template };
    await this.client.of(deploymentKind).apply({ name, namespace: "default" }, { metadata: { name }, spec });
  }

  /** Begins a rollout of a Deployment whose pods have these annotations in addition. */
  async annotateTemplate(name: string, annotations: Readonly<Record<string, string>>): Promise<void> {
    const patch = { spec: { template: { metadata: { annotations } } } };
    await this.client.of(deploymentKind).patch({ namespace: "default", name }, "merge", patch);
  }

  async deleteDeployment(name: string): Promise<void> {
    await this.client.of(deploymentKind).delete({ namespace: "default", name });
  }

  /** Follows the pods of an app by one watch until `condition` holds of them. */
  watchPods(
    app: string,
    condition: (pods: ReadonlyMap<string, Whole<Pod>>) => boolean,
  ): { readonly ready: Promise<void>; readonly reached: Promise<void> } {
    let synced: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      synced = resolve;
    });
    const reached = this.#follow(app, synced, condition);
    return { ready, reached };
  }

  async #follow(app: string, synced: () => void, condition: (pods: ReadonlyMap<string, Whole<Pod>>) => boolean): Promise<void> {
    const stop = new AbortController();
    const pods = new Map<string, Whole<Pod>>();
    let isSynced = false;
    for await (const event of this.client.of(podKind).watch({ namespace: "default", labelSelector: `app=${app}`, signal: stop.signal })) {
      take(pods, event);
      if (event.type === "bookmark" && event.initialEnd && !isSynced) {
        isSynced = true;
        synced();
      }
      if (isSynced && condition(pods)) break;
    }
    stop.abort();
  }
}

function take(pods: Map<string, Whole<Pod>>, event: WatchEvent<Pod>): void {
  if (event.type === "bookmark") return;
  if (event.type === "deleted") pods.delete(event.object.metadata.name);
  else pods.set(event.object.metadata.name, event.object);
}

/** Whether so many pods run. */
export const running =
  (count: number) =>
  (pods: ReadonlyMap<string, Whole<Pod>>): boolean =>
    [...pods.values()].filter(({ status }) => status.phase === "Running").length >= count;
