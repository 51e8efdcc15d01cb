import type { Kind } from "../../../src/api/kinds/kind.js";
import { createLog } from "../../../src/base/log.js";
import { createInformer } from "../../../src/client/informer.js";
import type { TestCluster } from "../../../src/testing/index.js";

/** The kinds of the objects that went, in the order in which they did. */
export interface GoingOrder {
  /** Resolves when so many have gone, and stops watching. */
  untilGone(count: number): Promise<readonly string[]>;
}

/** Watches a namespace's objects of some kinds go. */
export async function goingOrder(cluster: TestCluster, namespace: string, kinds: readonly Kind[]): Promise<GoingOrder> {
  const gone: { readonly kind: string; readonly revision: number }[] = [];
  const stopping = new AbortController();
  let wake: () => void = () => undefined;
  const client = cluster.connect("test");
  const informers = kinds.map((kind) => {
    const informer = createInformer(client.of(kind), { namespace }, { clock: cluster.clock, log: createLog("test", "silent") });
    informer.addHandler({
      deleted: ({ metadata }) => {
        gone.push({ kind: kind.kind, revision: Number(metadata.resourceVersion) });
        wake();
      },
    });
    return informer;
  });
  const running = informers.map((informer) => informer.run(stopping.signal));
  await Promise.all(informers.map((informer) => informer.synced(stopping.signal)));
  return {
    untilGone: async (count) => {
      while (gone.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      stopping.abort();
      await Promise.all(running);
      // Of several kinds the watches tell in no order; each deletion has its revision.
      return gone.toSorted((a, b) => a.revision - b.revision).map(({ kind }) => kind);
    },
  };
}
