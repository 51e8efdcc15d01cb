import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../../src/api/object.js";
import { timeFromMs } from "../../../src/api/values/time.js";
import type { Clock } from "../../../src/base/clock.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { node } from "../../builders/index.js";
import type { FakeApi } from "./fake-api.js";

/**
 * What nodes do, one step at a time: a bound pod starts, then gets ready; one that has been told to go does so. A test
 * decides when, by `step`, and for which, by `choose`.
 */
export class FakeNodes {
  constructor(
    private readonly api: FakeApi,
    private readonly clock: Clock,
    names: readonly string[],
  ) {
    for (const name of names) this.api.seed(nodeKind, node({ name }));
  }

  /** Pods for which a node has something to do. */
  due(): readonly Whole<Pod>[] {
    return this.api.objects(podKind).filter((pod) => (pod.spec.nodeName ?? "") !== "" && (isGoing(pod) || !isUp(pod)));
  }

  /** Moves one pod on: a pod that is going is gone, another one runs and is ready. @returns whether there was one */
  async step(choose: (pods: readonly Whole<Pod>[]) => Whole<Pod> | undefined = ([first]) => first): Promise<boolean> {
    const pod = choose(this.due());
    if (pod === undefined) return false;
    if (isGoing(pod)) {
      const options = { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid, resourceVersion: undefined } };
      await this.api.of(podKind).delete(keyOf(pod), { options });
    } else {
      this.setReady(pod, true);
    }
    return true;
  }

  /** A pod's containers run, and are ready or not. */
  setReady(pod: Whole<Pod>, ready: boolean): void {
    this.api.change(podKind, keyOf(pod), ({ status }) => {
      status.phase = "Running";
      const others = status.conditions.filter(({ type }) => type !== "Ready");
      const lastTransitionTime = timeFromMs(this.clock.now());
      status.conditions = [
        ...others,
        {
          type: "Ready",
          status: ready ? "True" : "False",
          lastTransitionTime,
          lastProbeTime: undefined,
          reason: undefined,
          message: undefined,
          observedGeneration: undefined,
        },
      ];
    });
  }
}

const isGoing = ({ metadata }: Whole<Pod>): boolean => metadata.deletionTimestamp !== undefined;
const isUp = ({ status }: Whole<Pod>): boolean => status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
