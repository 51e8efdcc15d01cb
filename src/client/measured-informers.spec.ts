import { expect } from "chai";
import { pod } from "../../test/builders/index.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { FakeResourceClient } from "../../test/fakes/fake-resource-client.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { createLog } from "../base/log.js";
import { createMetrics } from "../base/metrics.js";
import type { Informer } from "./contracts.js";
import { createInformer } from "./informer.js";
import { measureCacheWaits } from "./measured-informers.js";

describe("measureCacheWaits", () => {
  it("counts the waits for writes under the controller's name, and shows the same cache", async () => {
    const clock = new FakeClock();
    const pods = new FakeResourceClient(podKind);
    const informer = createInformer(pods, {}, { clock, log: createLog("test", "silent") });
    const metrics = createMetrics({ process: false });
    const stop = new AbortController();
    const running = informer.run(stop.signal);
    await informer.synced(stop.signal);
    // The one kind that is asked for here.
    const measured = measureCacheWaits({ of: () => informer as unknown as Informer<never> }, metrics, () => "mine").of(podKind);

    const { resourceVersion } = pods.put(pod({ name: "a" })).metadata;
    await measured.reached(resourceVersion, stop.signal);
    await measured.reached("0", stop.signal);

    expect(measured.get({ namespace: "default", name: "a" })?.metadata.resourceVersion).to.equal(resourceVersion);
    expect(await metrics.render()).to.include('howbernetes_cache_wait_seconds_count{controller="mine"} 1');
    stop.abort();
    await running;
  });
});
