import { readFileSync } from "node:fs";
import { expect } from "chai";
import { createApiServer } from "../../src/apiserver/api-server.js";
import { createAuditLog } from "../../src/apiserver/audit/audit-log.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import { createMetrics } from "../../src/base/metrics.js";
import { createCertificateAuthority } from "../../src/base/tls/certificate-authority.js";
import { runReconciler } from "../../src/client/controller-loop.js";
import { measureCacheWaits } from "../../src/client/measured-informers.js";
import { createWorkQueue } from "../../src/client/work-queue.js";
import { createRecordMetrics } from "../../src/scheduler/explanation/record-metrics.js";
import { createSchedulerMetrics } from "../../src/scheduler/scheduler-metrics.js";
import { MemoryStore } from "../fakes/memory-store.js";
import { createTestPki } from "../fakes/test-pki.js";

describe("docs/metrics.md", () => {
  it("lists exactly the metrics that there are", async () => {
    const metrics = createMetrics();
    const log = createLog("test", "silent");
    const clock = systemClock;
    const tls = await (await createTestPki()).server();
    const certificateAuthority = await createCertificateAuthority("test-ca");
    createApiServer({ store: new MemoryStore(), tls, listen: "127.0.0.1:0", certificateAuthority, clock, log, metrics });
    createAuditLog({ write: async () => undefined, close: async () => undefined }, { log, metrics });
    createSchedulerMetrics(metrics);
    createRecordMetrics(metrics);
    measureCacheWaits({ of: () => expect.fail("no informer is asked for") }, metrics, () => "x");
    const reconciler = { reconcile: async () => ({}) };
    await runReconciler({ name: "x", queue: createWorkQueue({ clock }), reconciler, workers: 0, log, metrics }, AbortSignal.abort());

    const served = [...(await metrics.render()).matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    const listed = [...readFileSync("docs/metrics.md", "utf8").matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map(([, name]) => name);

    expect(listed.sort()).to.deep.equal(served.sort());
  });
});
