import { expect } from "chai";
import { cronJobKind } from "../../../src/api/kinds/cronjob/kind.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { jobKind } from "../../../src/api/kinds/job/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../../src/api/object.js";
import { timeToMs } from "../../../src/api/values/time.js";
import type { CronJobStatus } from "../../../src/gen/howbernetes/batch/v1/cron_job.js";
import type { Job } from "../../../src/gen/howbernetes/batch/v1/job.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";
import { namespace } from "../../builders/index.js";

const minuteMs = 60_000;
const everyMinute = 'schedule: "* * * * *"';

const isOver = ({ status }: Whole<Job>): boolean => status.conditions.some(({ type }) => type === "Complete" || type === "Failed");
const minuteOf = ({ metadata }: Whole<Job>): number => Number(metadata.name.replace(/^.*-/, ""));

describe("cron jobs", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;

  before(async () => {
    const exits: Readonly<Record<string, number>> = { "succeeds:latest": 0, "fails:latest": 1 };
    cluster = await startCluster({
      behaviour: ({ image }) => (exits[image] === undefined ? {} : { exit: { afterMs: 5, code: exits[image] } }),
    });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    // Time goes on meanwhile: a minute that ends in the middle of a test would have a Job of its own.
    cluster.clock.advance(minuteMs - (cluster.clock.now() % minuteMs));
    ns = `cron-jobs-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, uid: "", resourceVersion: "" }));
  });
  afterEach(async () => {
    await cluster.client.of(namespaceKind).delete({ namespace: "", name: ns });
    await cluster.gone(namespaceKind, { namespace: "", name: ns });
  });

  const key = () => ({ namespace: ns, name: "tick" });
  const create = (image: string, fields: string, name = "tick") => {
    const pod = `{ spec: { restartPolicy: Never, containers: [{ name: main, image: ${image} }] } }`;
    const jobTemplate = `{ metadata: { labels: { made-by: ${name} } }, spec: { backoffLimit: 0, template: ${pod} } }`;
    const manifest = `metadata: { name: ${name}, namespace: ${ns} }\nspec: { ${fields}, jobTemplate: ${jobTemplate} }`;
    return cluster.client.of(cronJobKind).create(fromManifest(cronJobKind, manifest));
  };
  const patch = (spec: object) => cluster.client.of(cronJobKind).patch(key(), "merge", { spec });
  const untilJobs = (what: string, predicate: (jobs: readonly Whole<Job>[]) => boolean) =>
    cluster.untilAll(jobKind, ns, predicate, { what });
  const untilStatus = async (what: string, predicate: (status: CronJobStatus) => boolean): Promise<CronJobStatus> =>
    (await cluster.until(cronJobKind, key(), ({ status }) => predicate(status), { what })).status;
  const untilEvent = (reason: string) =>
    cluster.untilAll(eventKind, ns, (events) => events.some((event) => event.reason === reason), { what: `event ${reason}` });
  const activeNames = ({ active }: CronJobStatus): string[] => active.map(({ name }) => name ?? "");

  it("make a Job when its time has come, and see to its end", async () => {
    const cronJob = await create("succeeds", everyMinute);
    const before = await untilStatus("nothing yet", () => true);
    cluster.clock.advance(minuteMs);
    const [job] = await untilJobs("a Job that is over", (jobs) => jobs.length === 1 && jobs.every(isOver));
    const status = await untilStatus(
      "its success",
      ({ lastSuccessfulTime, active }) => lastSuccessfulTime !== undefined && active.length === 0,
    );

    expect(before.lastScheduleTime).to.equal(undefined);
    const scheduledMs = timeToMs(status.lastScheduleTime) ?? 0;
    expect(scheduledMs % minuteMs).to.equal(0);
    expect(job?.metadata.name).to.equal(`tick-${scheduledMs / minuteMs}`);
    expect(job?.metadata.labels).to.include({ "made-by": "tick" });
    const scheduledAt = job?.metadata.annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] ?? "";
    expect(Date.parse(scheduledAt)).to.equal(scheduledMs);
    expect(job?.metadata.ownerReferences).to.have.length(1);
    expect(job?.metadata.ownerReferences[0]).to.include({ kind: "CronJob", uid: cronJob.metadata.uid, controller: true });
    await untilEvent("SuccessfulCreate");
    await untilEvent("SawCompletedJob");
  });

  it("make more Jobs while earlier ones run", async () => {
    await create("runs", everyMinute);
    cluster.clock.advance(minuteMs);
    await untilJobs("one Job", (jobs) => jobs.length === 1);
    cluster.clock.advance(minuteMs);
    const jobs = await untilJobs("two Jobs", (all) => all.length === 2);
    const status = await untilStatus("two active", ({ active }) => active.length === 2);

    const [first = 0, second = 0] = jobs.map(minuteOf).sort();
    expect(second - first).to.equal(1);
    expect(activeNames(status)).to.deep.equal([`tick-${first}`, `tick-${second}`]);
  });

  it("make none while an earlier one runs, if that is forbidden", async () => {
    await create("runs", `${everyMinute}, concurrencyPolicy: Forbid`);
    cluster.clock.advance(minuteMs);
    const [first] = await untilJobs("one Job", (jobs) => jobs.length === 1);
    if (first === undefined) throw new Error("there is no Job");
    cluster.clock.advance(minuteMs);
    await untilEvent("JobAlreadyActive");
    const { items } = await cluster.client.of(jobKind).list({ namespace: ns });
    expect(items.map(({ metadata }) => metadata.uid)).to.deep.equal([first.metadata.uid]);

    // As soon as it may, it makes up for what was held up.
    await cluster.client.of(jobKind).delete(keyOf(first), { options: { propagationPolicy: "Background" } });
    const [second] = await untilJobs("the next Job", (jobs) => jobs.length === 1 && jobs[0]?.metadata.uid !== first.metadata.uid);
    expect(second === undefined ? 0 : minuteOf(second) - minuteOf(first)).to.equal(1);
  });

  it("replace the Job that runs, if told so", async () => {
    await create("runs", `${everyMinute}, concurrencyPolicy: Replace`);
    cluster.clock.advance(minuteMs);
    const [first] = await untilJobs("one Job", (jobs) => jobs.length === 1);
    await untilStatus("one active", ({ active }) => active.length === 1);
    cluster.clock.advance(minuteMs);
    const [second] = await untilJobs("another Job", (jobs) => jobs.length === 1 && jobs[0]?.metadata.uid !== first?.metadata.uid);
    const status = await untilStatus("the other active", ({ active }) => active[0]?.uid === second?.metadata.uid);

    expect(status.active).to.have.length(1);
    await untilEvent("SuccessfulDelete");
  });

  it("make none while they are suspended, and the last of them afterwards", async () => {
    await create("runs", `${everyMinute}, suspend: true`);
    await create("runs", everyMinute, "witness");
    cluster.clock.advance(3 * minuteMs);
    const jobs = await untilJobs("a Job of the other", (all) => all.length > 0);
    expect(jobs.map(({ metadata }) => metadata.labels["made-by"])).to.deep.equal(["witness"]);

    await patch({ suspend: false });
    const all = await untilJobs("a Job of each", (each) => each.length === 2);
    expect(new Set(all.map(({ metadata }) => metadata.labels["made-by"]))).to.deep.equal(new Set(["tick", "witness"]));
  });

  it("make up for the latest start, however many were missed", async () => {
    await create("runs", everyMinute);
    cluster.clock.advance(3 * 24 * 60 * minuteMs);
    await untilEvent("TooManyMissedTimes");
    const status = await untilStatus("one active", ({ active }) => active.length === 1);
    const { items } = await cluster.client.of(jobKind).list({ namespace: ns });

    expect(items).to.have.length(1);
    expect(cluster.clock.now() - (timeToMs(status.lastScheduleTime) ?? 0)).to.be.below(2 * minuteMs);
  });

  it("leave out a start whose deadline has passed, and say so", async () => {
    await create("runs", 'schedule: "@every 60s", startingDeadlineSeconds: 10, suspend: true');
    cluster.clock.advance(90_000);
    await patch({ suspend: false });
    await untilEvent("MissSchedule");
    const { items } = await cluster.client.of(jobKind).list({ namespace: ns });
    expect(items).to.deep.equal([]);

    cluster.clock.advance(30_000);
    await untilJobs("the next Job", (jobs) => jobs.length === 1);
  });

  it("keep as many Jobs that are over as they are told to", async () => {
    await create("succeeds", `${everyMinute}, successfulJobsHistoryLimit: 2`);
    const minutes: number[] = [];
    for (let count = 1; count <= 4; count++) {
      cluster.clock.advance(minuteMs);
      const jobs = await untilJobs(`end ${count}`, (all) => all.every(isOver) && all.some((job) => !minutes.includes(minuteOf(job))));
      minutes.push(...jobs.map(minuteOf).filter((minute) => !minutes.includes(minute)));
    }
    const kept = await untilJobs("two Jobs", (jobs) => jobs.length === 2);

    expect(kept.map(minuteOf).sort()).to.deep.equal(minutes.slice(-2));
  });

  it("keep no Job that failed, if told so", async () => {
    await create("fails", `${everyMinute}, failedJobsHistoryLimit: 0`);
    cluster.clock.advance(minuteMs);
    await untilStatus("a start", ({ lastScheduleTime }) => lastScheduleTime !== undefined);
    await untilEvent("SuccessfulDelete");
    await untilJobs("no Job", (jobs) => jobs.length === 0);
    const status = await untilStatus("none active", ({ active }) => active.length === 0);

    expect(status.lastSuccessfulTime).to.equal(undefined);
  });

  it("take their Jobs and pods with them", async () => {
    await create("runs", everyMinute);
    cluster.clock.advance(minuteMs);
    await cluster.untilAll(podKind, ns, (pods) => pods.some(({ status }) => status.phase === "Running"), { what: "a pod that runs" });
    await cluster.client.of(cronJobKind).delete(key(), { options: { propagationPolicy: "Background" } });

    await untilJobs("no Job", (jobs) => jobs.length === 0);
    await cluster.untilAll(podKind, ns, (pods) => pods.length === 0, { what: "no pod" });
  });
});
