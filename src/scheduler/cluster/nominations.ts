import type { PodInfo } from "./pod-info.js";

// Asked for of every node while there is a promise anywhere.
const none: readonly PodInfo[] = [];

/**
 * Which nodes have been promised to pods that wait for others to leave. Others with the same or a lower priority must
 * leave them the room: a pod that has evicted others would else lose it to the next that comes.
 */
export class Nominations {
  private readonly byPod = new Map<string, { readonly pod: PodInfo; readonly nodeName: string }>();
  private readonly byNode = new Map<string, Map<string, PodInfo>>();
  private readonly listeners: ((pod: PodInfo, nodeName: string) => void)[] = [];

  /** Tells `listener` of every promise that is taken back: the room is others' from then on. */
  onTakenBack(listener: (pod: PodInfo, nodeName: string) => void): void {
    this.listeners.push(listener);
  }

  get size(): number {
    return this.byPod.size;
  }

  /** Promises a pod a node, instead of the one before. */
  set(pod: PodInfo, nodeName: string): void {
    if (this.nodeOf(pod.uid) === nodeName) this.keep(pod.uid);
    else this.delete(pod.uid);
    this.byPod.set(pod.uid, { pod, nodeName });
    this.byNode.set(nodeName, (this.byNode.get(nodeName) ?? new Map<string, PodInfo>()).set(pod.uid, pod));
  }

  /** Takes back what was promised to a pod. */
  delete(uid: string): void {
    const promise = this.byPod.get(uid);
    if (promise === undefined) return;
    this.keep(uid);
    for (const listener of this.listeners) listener(promise.pod, promise.nodeName);
  }

  /** A pod has the room that was promised to it. */
  keep(uid: string): void {
    const nodeName = this.nodeOf(uid);
    if (nodeName === undefined) return;
    this.byPod.delete(uid);
    const pods = this.byNode.get(nodeName);
    pods?.delete(uid);
    if (pods?.size === 0) this.byNode.delete(nodeName);
  }

  /** The node promised to a pod. */
  nodeOf(uid: string): string | undefined {
    return this.byPod.get(uid)?.nodeName;
  }

  /** The pods to which a node is promised. */
  on(nodeName: string): readonly PodInfo[] {
    const pods = this.byNode.get(nodeName);
    return pods === undefined ? none : [...pods.values()];
  }
}
