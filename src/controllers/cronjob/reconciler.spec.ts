import { expect } from "chai";
import { cronJob, job, namespace } from "../../../test/builders/index.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { startLoneController } from "../../../test/fakes/fake-api/lone-controller.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { invalid, unavailable } from "../../api/errors.js";
import { cronJobKind } from "../../api/kinds/cronjob/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { timeFromMs, timeToMs } from "../../api/values/time.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import { createCronJobController } from "./index.js";

const minuteMs = 60_000;
const startMs = Date.UTC(2030, 0, 1);

describe("the CronJob controller", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let stop: () => Promise<void>;

  const start = async (): Promise<void> => {
    stop = await startLoneController(api, clock, { component: "cronjob-controller", create: createCronJobController });
  };
  beforeEach(async () => {
    clock = new FakeClock(startMs);
    api = new FakeApi(clock);
    await start();
  });
  afterEach(() => stop());

  const create = async (options: Parameters<typeof cronJob>[0] = {}): Promise<void> => {
    await api.of(cronJobKind).create(cronJob({ ...options, resourceVersion: "" }));
    await settle();
  };
  const advance = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    await settle();
  };
  const jobs = (): readonly Whole<Job>[] => api.objects(jobKind);
  /** For which minutes after the start there are Jobs. */
  const minutes = (): number[] => jobs().map(({ metadata }) => Number(metadata.name.replace("tick-", "")) - startMs / minuteMs);
  const status = () => api.objects(cronJobKind)[0]?.status;
  const reasons = (): string[] => api.objects(eventKind).map(({ reason }) => reason ?? "");
  const end = async (which: Whole<Job>, type: "Complete" | "Failed"): Promise<void> => {
    api.change(jobKind, keyOf(which), (draft) => {
      const time = timeFromMs(clock.now());
      Object.assign(draft.status, { startTime: time, ...(type === "Complete" ? { completionTime: time } : {}) });
      draft.status.conditions = [
        { type, status: "True", reason: "", message: "", lastProbeTime: undefined, lastTransitionTime: undefined },
      ];
    });
    await settle();
  };

  it("makes a Job each minute, and none in between", async () => {
    await create();
    await advance(59_000);
    expect(minutes()).to.deep.equal([]);
    await advance(1_000);
    expect(minutes()).to.deep.equal([1]);
    await advance(2 * minuteMs);

    expect(minutes()).to.deep.equal([1, 2, 3]);
    expect(status()?.active.map(({ name }) => name)).to.deep.equal(jobs().map(({ metadata }) => metadata.name));
    expect(timeToMs(status()?.lastScheduleTime)).to.equal(startMs + 3 * minuteMs);
  });

  it("says for what time a Job is, in its zone", async () => {
    await create({ spec: { timeZone: "Asia/Kolkata" } });
    await advance(minuteMs);

    const [made] = jobs();
    expect(made?.metadata.annotations).to.deep.equal({ "batch.kubernetes.io/cronjob-scheduled-timestamp": "2030-01-01T05:31:00+05:30" });
  });

  it("sees to the end of its Jobs", async () => {
    await create();
    await advance(minuteMs);
    for (const each of jobs()) await end(each, "Complete");

    expect(status()?.active).to.deep.equal([]);
    expect(timeToMs(status()?.lastSuccessfulTime)).to.equal(startMs + minuteMs);
    expect(reasons()).to.have.members(["SuccessfulCreate", "SawCompletedJob"]);
  });

  it("does not start anything twice when its clock is put back", async () => {
    await create();
    await advance(2 * minuteMs);
    expect(minutes()).to.deep.equal([1, 2]);
    for (const each of jobs()) api.remove(jobKind, keyOf(each));
    clock.stepWall(-minuteMs);
    await advance(minuteMs);
    expect(minutes()).to.deep.equal([]);
    await advance(minuteMs);

    expect(minutes()).to.deep.equal([3]);
  });

  it("notices before long that its clock was put forward", async () => {
    await create({ schedule: "0 12 * * *" });
    clock.stepWall(11 * 3_600_000 + 55 * minuteMs);
    await advance(10 * minuteMs);

    expect(minutes()).to.deep.equal([12 * 60]);
  });

  it("waits for a time that is months away", async () => {
    await create({ schedule: "0 0 1 7 *" });
    await advance(40 * 24 * 60 * minuteMs);
    expect(minutes()).to.deep.equal([]);
    await advance(141 * 24 * 60 * minuteMs);

    expect(minutes()).to.deep.equal([181 * 24 * 60]);
  }).timeout(60_000);

  it("does not make a Job again whose start it could not record", async () => {
    let broken = true;
    api.intercept({
      before: ({ verb, kind }) => {
        if (broken && verb === "updateStatus" && kind === cronJobKind) throw unavailable("lost");
      },
    });
    await create({ spec: { successfulJobsHistoryLimit: 0 } });
    await clock.advance(minuteMs);
    await settle(3);
    for (const each of jobs()) await end(each, "Complete");
    expect(minutes()).to.deep.equal([1]);
    await stop();
    await start();
    broken = false;
    await advance(1_000);

    expect([minutes(), timeToMs(status()?.lastScheduleTime)]).to.deep.equal([[], startMs + minuteMs]);
    expect(reasons().filter((reason) => reason === "SuccessfulCreate")).to.have.length(1);
  });

  it("takes a Job for its own whose creation it was not told of", async () => {
    const calm = api.intercept({
      after: ({ verb, kind }) => {
        if (verb === "create" && kind === jobKind) throw unavailable("lost");
      },
    });
    await create();
    await clock.advance(minuteMs);
    calm();
    await advance(1_000);

    expect([minutes(), status()?.active.length]).to.deep.equal([[1], 1]);
  });

  it("leaves another's Job that has the name of its own", async () => {
    await create();
    await advance(30_000);
    api.seed(jobKind, job({ name: `tick-${startMs / minuteMs + 1}` }));
    await advance(minuteMs);
    expect([minutes(), status()?.active.length, reasons()]).to.deep.equal([[1], 0, ["FailedCreate"]]);
    await advance(minuteMs);

    expect(minutes()).to.deep.equal([1, 2]);
  });

  it("tries the next time when a Job was refused", async () => {
    const calm = api.intercept({
      before: ({ verb, kind }) => {
        if (verb === "create" && kind === jobKind) throw invalid({ group: "batch", kind: "Job", name: "tick" }, []);
      },
    });
    await create();
    await advance(minuteMs);
    expect([minutes(), reasons()]).to.deep.equal([[], ["FailedCreate"]]);
    calm();
    await advance(minuteMs);

    expect(minutes()).to.deep.equal([2]);
  });

  it("tells of a Job that someone else gave it, once, and does not count it", async () => {
    await create({ spec: { concurrencyPolicy: "Forbid" } });
    await advance(minuteMs);
    const [own] = jobs();
    if (own === undefined) throw new Error("there is no Job");
    await end(own, "Complete");
    const given = { ...own.metadata, name: "by-hand", uid: "by-hand", annotations: {} };
    api.seed(jobKind, { ...own, metadata: given, status: { ...own.status, conditions: [] } });
    await advance(2 * minuteMs);

    expect(jobs()).to.have.length(3);
    expect(status()?.active.map(({ name }) => name)).to.deep.equal([`tick-${startMs / minuteMs + 2}`]);
    expect(reasons().filter((reason) => reason === "UnexpectedJob")).to.have.length(1);
  });

  it("tells of a Job that went missing", async () => {
    await create();
    await advance(minuteMs);
    for (const each of jobs()) api.remove(jobKind, keyOf(each));
    await settle();

    expect(status()?.active).to.deep.equal([]);
    expect(reasons()).to.have.members(["SuccessfulCreate", "MissingJob"]);
  });

  it("tells of a schedule that cannot be read", async () => {
    api.seed(cronJobKind, cronJob({ schedule: "often" }));
    await settle();

    expect(reasons()).to.deep.equal(["UnparseableSchedule"]);
  });

  it("makes nothing in a namespace that is being emptied", async () => {
    await create();
    api.seed(namespaceKind, namespace({ name: "default", deleting: true }));
    await advance(minuteMs);

    expect([minutes(), reasons()]).to.deep.equal([[], []]);
  });
});
