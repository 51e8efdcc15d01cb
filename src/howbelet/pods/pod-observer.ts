import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerView } from "../container-view.js";
import type { TerminationMessages } from "../containers/termination-messages.js";
import { type ObservedPod, observePod } from "../planning/observed-pod.js";
import type { FlightRecorder } from "../recorder/flight-recorder.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { containersOf } from "./pod-containers.js";
import type { PodState } from "./pod-state.js";

export interface PodObserverDeps {
  readonly view: Pick<ContainerView, "ofPod">;
  readonly messages: Pick<TerminationMessages, "lastWords">;
  /** Keeps how containers died. */
  readonly flights: Pick<FlightRecorder, "died">;
  readonly clock: Clock;
}

/** Looks at what there is of a pod, and keeps what its containers' ends tell. */
export class PodObserver {
  constructor(private readonly deps: PodObserverDeps) {}

  /** What there is now; the last words of the dead among it are known then. */
  async observe(pod: Whole<Pod>, state: PodState, signal: AbortSignal): Promise<ObservedPod> {
    const snapshots = this.deps.view.ofPod(pod.metadata.uid);
    state.keepOnly(new Set(snapshots.map(({ id }) => id)));
    const exited = snapshots.filter(({ phase }) => phase === "exited");
    const dead = exited.filter(({ id }) => !state.endedAtMs.has(id));
    // That memory ran out is sometimes heard of after the end.
    const outOfMemory = exited.filter(({ id, oomKilled }) => oomKilled && !state.outOfMemory.has(id));
    for (const snapshot of dead) this.noteEnd(snapshot, state);
    for (const { id } of outOfMemory) state.outOfMemory.add(id);
    await Promise.all(dead.map((snapshot) => this.hear(snapshot, { pod, state }, signal)));
    for (const snapshot of new Set([...dead, ...outOfMemory]))
      this.deps.flights.died({ pod, snapshot, lastWords: state.lastWords.get(snapshot.id) ?? "" }, signal);
    return observePod(snapshots);
  }

  /** The runtime's wall clock may differ from ours: its word counts only as far as it makes a wait shorter. */
  private noteEnd({ id, finishedAtMs }: ContainerSnapshot, state: PodState): void {
    const { clock } = this.deps;
    const agoMs = Math.max(0, clock.now() - (finishedAtMs ?? clock.now()));
    state.endedAtMs.set(id, clock.monotonicMs() - agoMs);
  }

  private async hear(
    snapshot: ContainerSnapshot,
    { pod, state }: { readonly pod: Whole<Pod>; readonly state: PodState },
    signal: AbortSignal,
  ): Promise<void> {
    const all = containersOf(pod);
    const found = all.find(({ container }) => container.name === snapshot.identity.container);
    if (found === undefined) return;
    const dead = { container: found.container, snapshot, siblings: all.length };
    const words = await this.deps.messages.lastWords(dead, signal);
    if (words !== "") state.lastWords.set(snapshot.id, words);
  }
}
