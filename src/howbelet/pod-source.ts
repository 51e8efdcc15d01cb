import { podKind } from "../api/kinds/pod/kind.js";
import type { Whole } from "../api/object.js";
import { abortable } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { ApiClient } from "../client/contracts.js";
import { createInformer } from "../client/informer.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";

/** Who is told which pods this node is to run. */
export interface PodSourceHandler {
  set(pod: Whole<Pod>): void;
  removed(pod: Whole<Pod>): void;
  /** All pods of the node have been told; `uids` gives those of the present moment. */
  complete(uids: () => ReadonlySet<string>): void;
}

/** Where a node learns which pods are its own. */
export interface PodSource {
  /** Tells `handler` until `signal` fires. */
  run(handler: PodSourceHandler, signal: AbortSignal): Promise<void>;
}

interface PodSourceDeps {
  readonly client: ApiClient;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The pods that the api-server has bound to the node, by list and watch. */
export function createPodSource({ client, nodeName, clock, log }: PodSourceDeps): PodSource {
  return {
    run: async (handler, signal) => {
      const informer = createInformer(client.of(podKind), { fieldSelector: `spec.nodeName=${nodeName}` }, { clock, log });
      informer.addHandler({
        added: (pod) => handler.set(pod),
        updated: (pod, previous) => {
          // A new pod of the old name: the old one's end was missed.
          if (previous.metadata.uid !== pod.metadata.uid) handler.removed(previous);
          handler.set(pod);
        },
        deleted: (pod) => handler.removed(pod),
      });
      const running = informer.run(signal);
      const synced = async (): Promise<void> => {
        await informer.synced(signal);
        handler.complete(() => new Set(informer.list().map(({ metadata }) => metadata.uid)));
      };
      await abortable(Promise.all([running, synced()]), signal);
    },
  };
}
