import { expect } from "chai";
import { job } from "../../../test/builders/index.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import { createLog } from "../../base/log.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import { TtlAfterFinishedReconciler } from "./reconciler.js";

describe("TtlAfterFinishedReconciler", () => {
  let clock: FakeClock;
  let api: FakeApi;
  /** What its cache shows. */
  let cached: Whole<Job>;

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    const ended = { type: "Complete", status: "True", reason: "", message: "", lastProbeTime: undefined };
    const conditions = [{ ...ended, lastTransitionTime: timeFromMs(clock.now()) }];
    cached = api.seed(jobKind, job({ spec: { ttlSecondsAfterFinished: 100 }, status: { conditions } }));
  });

  const reconcile = () => {
    const jobs = { get: () => cached, list: () => [cached], byIndex: () => [] };
    const reconciler = new TtlAfterFinishedReconciler({ jobs, client: api.of(jobKind), clock, log: createLog("test", "silent") });
    return reconciler.reconcile(keyOf(cached), new AbortController().signal);
  };
  const now = () => api.objects(jobKind)[0];

  it("waits while there is time", async () => {
    await clock.advance(40_000);
    expect(await reconcile()).to.deep.equal({ requeueAfterMs: 60_000 });
    expect(now()?.metadata.deletionTimestamp).to.equal(undefined);
  });

  it("deletes in the foreground when its time is over", async () => {
    await clock.advance(100_000);
    expect(await reconcile()).to.deep.equal({});
    expect(now()?.metadata.finalizers).to.deep.equal(["foregroundDeletion"]);
    expect(now()?.metadata.deletionTimestamp).not.to.equal(undefined);
  });

  it("spares a Job that was given more time, though its cache does not show it", async () => {
    await clock.advance(100_000);
    api.change(jobKind, keyOf(cached), (draft) => {
      draft.spec.ttlSecondsAfterFinished = 150;
    });
    expect(await reconcile()).to.deep.equal({ requeueAfterMs: 50_000 });
    expect(now()?.metadata.deletionTimestamp).to.equal(undefined);
  });

  it("does not mind a Job that is gone", async () => {
    await clock.advance(100_000);
    api.remove(jobKind, keyOf(cached));
    expect(await reconcile()).to.deep.equal({});
  });

  it("waits for a time that no timer can hold in parts", async () => {
    cached.spec.ttlSecondsAfterFinished = 2_000_000_000;
    expect(await reconcile()).to.deep.equal({ requeueAfterMs: 86_400_000 });
  });
});
