import { nodeKind } from "../../src/api/kinds/node/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import { milliOf } from "../../src/api/values/quantity.js";
import type { Clock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import type { ApiClient, Informer } from "../../src/client/contracts.js";
import { createInformer } from "../../src/client/informer.js";
import type { Node } from "../../src/gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";

const byNode = "node";

/** Whether a pod has a node. */
export const isBound = ({ spec }: Whole<Pod>): boolean => (spec.nodeName ?? "") !== "";

/** Whether a pod has a node, or has been told why it has none. */
export function isDecided(pod: Whole<Pod>): boolean {
  return isBound(pod) || pod.status.conditions.some(({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable");
}

/** Watches all pods, and notes whenever one changes its node, or those on a node ask for more than the node has. */
export class Placements {
  readonly violations: string[] = [];
  private readonly nodes: Informer<Node>;
  private readonly pods: Informer<Pod>;
  private readonly stopping = new AbortController();
  private readonly ended: Promise<unknown>;

  constructor(client: ApiClient, clock: Clock) {
    const deps = { clock, log: createLog("test", "silent") };
    this.nodes = createInformer(client.of(nodeKind), {}, deps);
    this.pods = createInformer(client.of(podKind), { indexes: { [byNode]: ({ spec }) => [spec.nodeName ?? ""] } }, deps);
    this.ended = Promise.all([this.nodes.run(this.stopping.signal), this.watchPods()]);
  }

  /** How many pods have a node, when the watch has shown this revision. */
  async placedAt(resourceVersion: string): Promise<number> {
    await this.pods.reached(resourceVersion, this.stopping.signal);
    return this.pods.list().filter(isBound).length;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  private async watchPods(): Promise<void> {
    this.pods.addHandler({
      added: (pod) => this.checkRoom(pod),
      updated: (pod, previous) => {
        const [before, now] = [previous.spec.nodeName ?? "", pod.spec.nodeName ?? ""];
        if (before !== "" && now !== before) this.violations.push(`${pod.metadata.name} went from ${before} to ${now}`);
        this.checkRoom(pod);
      },
    });
    await this.pods.run(this.stopping.signal);
  }

  private checkRoom({ metadata, spec }: Whole<Pod>): void {
    const nodeName = spec.nodeName ?? "";
    const node = nodeName === "" ? undefined : this.nodes.get({ namespace: "", name: nodeName });
    if (node === undefined) return;
    const pods = this.pods.byIndex(byNode, nodeName).filter(({ status }) => status.phase !== "Failed" && status.phase !== "Succeeded");
    const asked = pods.reduce(
      (sum, pod) => sum + pod.spec.containers.reduce((all, each) => all + milliOf(each.resources?.requests.cpu), 0),
      0,
    );
    const has = milliOf(node.status.allocatable.cpu);
    if (asked > has) this.violations.push(`with ${metadata.name} the pods on ${nodeName} ask for ${asked} of ${has}`);
  }
}
