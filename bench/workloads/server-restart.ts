import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { sharedSignal } from "../../src/base/abort.js";
import { createLog } from "../../src/base/log.js";
import { createApiClient, type RemoteApiClient } from "../../src/client/index.js";
import { alternate, timed } from "../harness/measurement.js";
import { configMapEntry, configMapPrefix, type ServedEtcd, withServedEtcd } from "../harness/served-etcd.js";
import type { ServerWorkload } from "./workload.js";

const objects = 50_000;
const informers = 50;
const rounds = 3;

/**
 * The api-server is killed and started again, with 50,000 objects and 50 informers that know them: from the start of its
 * process until each informer has been told of a new object, against one range of them all. Nobody may be told of
 * anything again.
 */
export const serverRestart: ServerWorkload = {
  id: "B15",
  title: "api-server restart",
  run: () =>
    withServedEtcd(objects, async (served) => {
      const { server: address, tls } = await served.server.credentials();
      const client = createApiClient({ address, tls, log: createLog("bench", "silent") });
      const crowd = new Informers(client, String(served.revisions.at(-1)));
      try {
        await crowd.told(await marker(served, 0));
        const samples = await alternate(
          rounds,
          (round) => restart(served, crowd, round + 1),
          () => timed(() => served.etcd.range(configMapPrefix)),
        );
        return [{ name: "B15", unit: "ms", peer: "etcd range", ours: samples.ours, peers: samples.theirs, aim: 3 }];
      } finally {
        await crowd.stop();
        await client.close();
      }
    }),
};

/** Makes one more object. @returns its revision */
function marker({ etcd }: ServedEtcd, round: number): Promise<number> {
  const { key, value } = configMapEntry(objects + round);
  return etcd.store.create(key, value);
}

async function restart(served: ServedEtcd, crowd: Informers, round: number): Promise<number> {
  await served.server.kill9();
  const revision = await marker(served, round);
  const told = crowd.told(revision);
  return await timed(async () => {
    await served.server.boot();
    await told;
  });
}

/** Watches that know all objects and are to be told of new ones only. */
class Informers {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>[];
  private readonly revisions: number[];
  private wake: () => void = () => undefined;
  private failure: Error | undefined;

  constructor(client: RemoteApiClient, resourceVersion: string) {
    sharedSignal(this.stopping.signal);
    this.revisions = Array<number>(informers).fill(0);
    this.running = this.revisions.map((_none, index) =>
      this.watch(client, index, resourceVersion).catch((error: unknown) => {
        if (!this.stopping.signal.aborted) this.fail(new Error("an informer's watch has ended", { cause: error }));
      }),
    );
  }

  /** Resolves once all of them have been told of a revision. */
  async told(revision: number): Promise<void> {
    while (this.revisions.some((seen) => seen < revision)) {
      if (this.failure !== undefined) throw this.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private async watch(client: RemoteApiClient, index: number, resourceVersion: string): Promise<void> {
    for await (const event of client.of(configMapKind).watch({ resourceVersion, signal: this.stopping.signal })) {
      if (event.type === "bookmark") continue;
      const revision = Number(event.object.metadata.resourceVersion);
      if (revision <= (this.revisions[index] ?? 0)) this.fail(new Error(`an informer was told again of revision ${revision}`));
      this.revisions[index] = revision;
      this.wake();
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}
