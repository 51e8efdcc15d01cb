import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { ClusterView, TentativeChange } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { TimeSlice } from "../explanation/time-slice.js";

type Change =
  | { readonly kind: "place"; readonly pod: PodInfo; readonly nodeName: string }
  | { readonly kind: "remove"; readonly uid: string }
  | { readonly kind: "setNode"; readonly node: Whole<Node> };

/**
 * The cluster as it would be after changes that are thought of one after the other, for longer than the event loop may be
 * held up: after each stretch all is put back, and the next begins by changing the same again, on the cluster as it is by
 * then. So what is found out late is true of a later cluster, and nothing of all this is ever seen by a decision.
 */
export class ImaginedCluster {
  private readonly changes: Change[] = [];

  constructor(
    private readonly cluster: ClusterView,
    private readonly clock: Pick<Clock, "monotonicMs">,
  ) {}

  /** Does one step after the other, each of which may change what is imagined, until one returns false. */
  async go(step: (change: TentativeChange) => boolean, signal: AbortSignal): Promise<void> {
    const slice = new TimeSlice(this.clock);
    for (let goesOn = true; goesOn; ) {
      this.cluster.tentatively((change) => {
        for (const made of this.changes) apply(made, change);
        const recording: TentativeChange = {
          place: (pod, nodeName) => this.make({ kind: "place", pod, nodeName }, change),
          remove: (uid) => this.make({ kind: "remove", uid }, change),
          setNode: (node) => this.make({ kind: "setNode", node }, change),
        };
        do goesOn = step(recording);
        while (goesOn && !slice.isOver);
      });
      if (goesOn) await slice.next(signal);
    }
  }

  private make(made: Change, change: TentativeChange): void {
    this.changes.push(made);
    apply(made, change);
  }
}

function apply(made: Change, change: TentativeChange): void {
  if (made.kind === "place") change.place(made.pod, made.nodeName);
  else if (made.kind === "remove") change.remove(made.uid);
  else change.setNode(made.node);
}
