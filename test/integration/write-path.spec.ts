import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { isForbidden, isNotFound } from "../../src/api/errors.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { resourceQuotaKind } from "../../src/api/kinds/resourcequota/kind.js";
import { createLog } from "../../src/base/log.js";
import { openEmbeddedStore } from "../../src/storage/embedded/index.js";
import type { Store } from "../../src/storage/interface.js";
import { podManifest, refusal, resourceCalls } from "../fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesOver } from "../fakes/resources-in-process.js";

describe("what is written, on the embedded store, through restarts", () => {
  let directory: string;
  let store: Store;
  let api: ResourcesInProcess<Store>;
  const { create, get, patch, remove, list } = resourceCalls(() => api);

  const start = async (): Promise<void> => {
    store = await openEmbeddedStore({ directory, sync: false, log: createLog("test", "silent") });
    api = await startResourcesOver(store);
  };
  const stop = async (): Promise<void> => {
    await api.stop();
    await store.close();
  };
  const restart = async (): Promise<void> => {
    await stop();
    await start();
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "write-path-"));
    await start();
  });
  afterEach(async () => {
    await stop();
    await rm(directory, { recursive: true });
  });

  it("keeps within a quota what is created at once, before and after", async () => {
    await create(resourceQuotaKind, { metadata: { name: "team" }, spec: { hard: { pods: "3", configmaps: "1" } } });
    const burst = async (prefix: string): Promise<void> => {
      const pods = Array.from({ length: 8 }, (_, index) => create(podKind, podManifest(`${prefix}${index}`)));
      const maps = ["x", "y"].map((name) => create(configMapKind, { metadata: { name: prefix + name } }));
      for (const result of await Promise.allSettled([...pods, ...maps])) {
        if (result.status === "rejected") expect(isForbidden(result.reason), String(result.reason)).to.equal(true);
      }
    };
    await burst("a");
    expect((await list()).names).to.have.length(3);
    await restart();
    await burst("b");
    expect((await list()).names).to.have.length(3);
    await remove(podKind, (await list()).names[0] ?? "");
    await burst("c");
    expect((await list()).names).to.have.length(3);
    expect(await api.objects.list(configMapKind, "default", { kind: "latest" }, api.call().signal)).to.have.length(1);
  });

  it("goes on with a deletion where it was", async () => {
    await create(podKind, podManifest("a", { finalizers: ["example.com/hold"] }));
    await remove(podKind, "a", { propagationPolicy: "Foreground" });
    const before = await get(podKind, "a");
    expect(before.metadata.finalizers).to.deep.equal(["example.com/hold", "foregroundDeletion"]);
    await restart();
    expect(await get(podKind, "a")).to.deep.equal(before);
    await patch(podKind, "a", { metadata: { finalizers: ["foregroundDeletion"] } });
    await restart();
    await patch(podKind, "a", { metadata: { finalizers: [] } });
    expect(isNotFound(await refusal(get(podKind, "a")))).to.equal(true);
    await restart();
    expect(isNotFound(await refusal(get(podKind, "a")))).to.equal(true);
  });

  it("has nothing of dry runs", async () => {
    const pod = await create(podKind, podManifest("a"));
    await create(podKind, podManifest("b"), { dryRun: true });
    await patch(podKind, "a", { metadata: { labels: { x: "1" } } }, { dryRun: true });
    await remove(podKind, "a", { dryRun: ["All"] });
    await restart();
    expect((await list()).names).to.deep.equal(["a"]);
    expect(await get(podKind, "a")).to.deep.equal(pod);
  });
});
