import { expect } from "chai";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import { createInformer, type RemoteApiClient } from "../../src/client/index.js";
import { openEtcdStore } from "../../src/storage/etcd/index.js";
import { type CuttingProxy, startCuttingProxy } from "../conformance/storage/cutting-proxy.js";
import { type EtcdProcess, etcdAbsence, startEtcd } from "../conformance/storage/etcd-process.js";
import { eventually } from "../eventually.js";
import { skipBecause } from "../skip.js";
import { namespace } from "./config-map-register.js";
import { ControlPlane } from "./control-plane.js";
import { runUnderFault } from "./run-under-fault.js";
import { factor } from "./seed.js";

const log = createLog("test", "silent");

describe("F5: history compacted past a watcher that is cut off", function () {
  this.timeout(120_000 * factor);
  let plane: ControlPlane | undefined;
  let etcd: EtcdProcess | undefined;
  let proxy: CuttingProxy | undefined;
  const stopping = new AbortController();

  before(function () {
    const absence = etcdAbsence();
    if (absence !== undefined) skipBecause(this, absence);
  });
  after(async () => {
    stopping.abort();
    await plane?.stop();
    await proxy?.close();
    await etcd?.stop();
  });

  it("tells it Expired; it lists anew, and then its cache equals a fresh list, deletions and all", async () => {
    etcd = await startEtcd();
    const running = await ControlPlane.start(`etcd://${etcd.endpoint}`);
    plane = running;
    const cutting = await startCuttingProxy(running.address());
    proxy = cutting;
    const { endpoint } = etcd;
    const informed = await startInformer(await running.client(0, 60_000, cutting.endpoint), stopping.signal);

    const { watchers } = await runUnderFault({
      plane: running,
      watchAddress: cutting.endpoint,
      harm: async (quarter) => {
        if (quarter === 1) {
          cutting.refuse(true);
          cutting.cutAll();
        } else if (quarter === 3) {
          await forgetHistory(endpoint);
          // What the api-server itself remembers goes too.
          await running.kill9();
          await running.boot();
          cutting.refuse(false);
        }
      },
    });

    for (const { expirations } of watchers) expect(expirations).to.equal(1);
    const fresh = await (await running.client(0, 60_000)).of(configMapKind).list({ namespace });
    const expected = fresh.items.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();
    await eventually(() => expect(informed.cached()).to.deep.equal(expected));
    expect(informed.told(), "what the informer's handler was told").to.deep.equal(expected);
  });
});

async function forgetHistory(endpoint: string): Promise<void> {
  const store = await openEtcdStore({ endpoints: [endpoint], log });
  await store.compact(await store.currentRevision());
  await store.close();
}

interface Informed {
  /** The informer's cache: name@resourceVersion. */
  cached(): readonly string[];
  /** The same, from what its handler was told alone. */
  told(): readonly string[];
}

async function startInformer(client: RemoteApiClient, signal: AbortSignal): Promise<Informed> {
  const informer = createInformer(client.of(configMapKind), { namespace }, { clock: systemClock, log, random: Math.random });
  const told = new Map<string, string>();
  const note = ({ metadata }: { readonly metadata: { readonly name: string; readonly resourceVersion: string } }): void => {
    told.set(metadata.name, `${metadata.name}@${metadata.resourceVersion}`);
  };
  informer.addHandler({ added: note, updated: note, deleted: ({ metadata }) => void told.delete(metadata.name) });
  const running = informer.run(signal);
  signal.addEventListener("abort", () => void running.catch(() => undefined), { once: true });
  await informer.synced(signal);
  return {
    cached: () =>
      informer
        .list(namespace)
        .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
        .sort(),
    told: () => [...told.values()].sort(),
  };
}
