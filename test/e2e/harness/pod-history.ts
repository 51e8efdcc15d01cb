import type { Cluster, KubernetesObject } from "./cluster.js";
import type { Running } from "./process.js";

export interface PodState {
  readonly name: string;
  readonly hash: string;
  readonly ready: boolean;
  readonly deleting: boolean;
}

/** Every state that a selection of pods went through, as one watch told it. */
export class PodHistory {
  readonly #states: PodState[][] = [];
  readonly #pods = new Map<string, PodState>();
  #read = 0;

  private constructor(
    private readonly watching: Running,
    readonly firstHash: string,
  ) {}

  static async start(cluster: Cluster, selector: string): Promise<PodHistory> {
    const present = await cluster.list("pods", "-l", selector);
    const watching = cluster.startCtl("get", "pods", "-l", selector, "-w", "-o", "json", "--output-watch-events");
    const history = new PodHistory(watching, stateOf(present[0]).hash);
    await history.until("the pods that are there", (pods) => pods.length === present.length);
    // What is there comes row by row; only from now on is each state one that the cluster was in.
    history.#states.splice(0, history.#states.length - 1);
    return history;
  }

  async until(what: string, condition: (pods: readonly PodState[]) => boolean): Promise<void> {
    await this.watching.until(what, () => {
      this.#take();
      return condition([...this.#pods.values()]);
    });
  }

  async stop(): Promise<readonly (readonly PodState[])[]> {
    await this.watching.stop();
    this.#take();
    return this.#states;
  }

  /** Reads the events that are complete: one JSON object each, the closing brace alone on its line. */
  #take(): void {
    for (;;) {
      const end = this.watching.stdout.indexOf("\n}\n", this.#read);
      if (end < 0) return;
      const event = JSON.parse(this.watching.stdout.slice(this.#read, end + 2)) as { type: string; object: KubernetesObject };
      this.#read = end + 3;
      if (event.type === "DELETED") this.#pods.delete(event.object.metadata.name);
      else this.#pods.set(event.object.metadata.name, stateOf(event.object));
      this.#states.push([...this.#pods.values()]);
    }
  }
}

function stateOf(pod: KubernetesObject | undefined): PodState {
  return {
    name: pod?.metadata.name ?? "",
    hash: pod?.metadata.labels?.["pod-template-hash"] ?? "",
    ready: pod?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
    deleting: pod?.metadata.deletionTimestamp !== undefined,
  };
}
