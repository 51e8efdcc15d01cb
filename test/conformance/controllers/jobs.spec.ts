import { expect } from "chai";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { jobKind } from "../../../src/api/kinds/job/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../../src/api/object.js";
import type { Job, JobStatus } from "../../../src/gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { ContainerConfig } from "../../../src/howbelet/runtime/interface.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";
import { namespace } from "../../builders/index.js";

const finalizer = "batch.kubernetes.io/job-tracking";
const indexKey = "batch.kubernetes.io/job-completion-index";
const secondsMs = 1_000;

/** What containers were told of their index, by their pod's uid. */
const indexesTold = new Map<string, string>();

/** What containers of these images do; "runs" runs until it is told to end, "stays" does not even then. */
function behaviour({ image: reference, env, identity }: ContainerConfig) {
  const image = reference.replace(/:latest$/, "");
  const told = env.find(({ name }) => name === "JOB_COMPLETION_INDEX")?.value;
  if (told !== undefined) indexesTold.set(identity.podUid, told);
  const index = Number(told ?? "0");
  const ends = (code: number) => ({ exit: { afterMs: 5, code } });
  if (image === "succeeds") return ends(0);
  if (image === "fails-at-first") return ends(identity.attempt === 0 ? 1 : 0);
  if (image === "fails-if-odd") return ends(index % 2);
  if (image === "succeeds-if-first") return index === 0 ? ends(0) : {};
  if (image === "stays") return { ignoresTerminate: true };
  const [, code] = /^fails:(\d+)$/.exec(image) ?? [];
  return code === undefined ? {} : ends(Number(code));
}

const isActive = ({ metadata, status }: Whole<Pod>): boolean =>
  metadata.deletionTimestamp === undefined && (status.phase === "Pending" || status.phase === "Running");
const isGoing = ({ metadata }: Whole<Pod>): boolean => metadata.deletionTimestamp !== undefined;
const isRunning = (pod: Whole<Pod>): boolean => isActive(pod) && pod.status.phase === "Running";
const indexOf = ({ metadata }: Whole<Pod>): string => metadata.annotations[indexKey] ?? "";
const has = (type: string): ((status: JobStatus) => boolean) => {
  return ({ conditions }) => conditions.some((condition) => condition.type === type && condition.status === "True");
};

describe("jobs", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;

  before(async () => {
    cluster = await startCluster({ nodes: 2, behaviour });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    ns = `jobs-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, uid: "", resourceVersion: "" }));
  });
  afterEach(async () => {
    await cluster.client.of(namespaceKind).delete({ namespace: "", name: ns });
  });

  const key = () => ({ namespace: ns, name: "work" });
  const create = (image: string, fields: string, restartPolicy = "Never") => {
    const template = `{ spec: { restartPolicy: ${restartPolicy}, terminationGracePeriodSeconds: 30, containers: [{ name: main, image: "${image}" }] } }`;
    return cluster.client
      .of(jobKind)
      .create(fromManifest(jobKind, `metadata: { name: work, namespace: ${ns} }\nspec: { ${fields}, template: ${template} }`));
  };
  const patch = (spec: object) => cluster.client.of(jobKind).patch(key(), "merge", { spec });
  const untilStatus = async (what: string, predicate: (status: JobStatus) => boolean): Promise<JobStatus> =>
    (await cluster.until(jobKind, key(), ({ status }) => predicate(status), { what })).status;
  const untilPods = (what: string, predicate: (pods: readonly Whole<Pod>[]) => boolean) =>
    cluster.untilAll(podKind, ns, predicate, { what });
  const runs = (count: number) => untilPods(`${count} running pods`, (pods) => pods.filter(isRunning).length === count);
  const reasons = async (): Promise<string[]> => {
    const { items } = await cluster.client.of(eventKind).list({ namespace: ns, fieldSelector: "involvedObject.kind=Job" });
    return items.map(({ reason }) => reason ?? "");
  };
  const untilEvent = (reason: string) =>
    cluster.untilAll(eventKind, ns, (events) => events.some((event) => event.reason === reason), { what: `event ${reason}` });
  const ending = ({ conditions }: JobStatus): readonly (readonly string[])[] =>
    conditions.map(({ type = "", reason = "", message = "" }) => [type, reason, message]);

  it("run pods until enough have succeeded, and let go of them", async () => {
    await create("succeeds", "completions: 5, parallelism: 2");
    const status = await untilStatus("the end", has("Complete"));
    const pods = await untilPods("pods that are let go", (all) => all.every(({ metadata }) => !metadata.finalizers.includes(finalizer)));

    expect(status).to.include({ succeeded: 5, ready: 0, terminating: 0 });
    expect([status.active ?? 0, status.failed ?? 0]).to.deep.equal([0, 0]);
    expect(status.uncountedTerminatedPods).to.deep.equal({ succeeded: [], failed: [] });
    expect(ending(status)).to.deep.equal([
      ["SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods"],
      ["Complete", "CompletionsReached", "Reached expected number of succeeded pods"],
    ]);
    expect(pods.map((pod) => pod.status.phase)).to.deep.equal(Array(5).fill("Succeeded"));
    await untilEvent("Completed");
    expect((await reasons()).sort()).to.deep.equal(["Completed", ...Array(5).fill("SuccessfulCreate")]);
  });

  it("never run more pods than their parallelism, and follow it", async () => {
    await create("runs", "completions: 9, parallelism: 2");
    await runs(2);
    await patch({ parallelism: 4 });
    await runs(4);
    await patch({ parallelism: 1 });
    await untilPods("one pod", (pods) => pods.length === 1 && pods.every(isRunning));
    const status = await untilStatus("one active", ({ active, terminating }) => active === 1 && terminating === 0);

    // Those that were in surplus are not failures.
    expect(status.failed ?? 0).to.equal(0);
    expect(status.ready).to.equal(1);
  });

  it("retry in the pod where containers are restarted", async () => {
    await create("fails-at-first", "completions: 2, parallelism: 2", "OnFailure");
    await untilPods(
      "a restart",
      (pods) =>
        pods.length === 2 &&
        pods.every(
          ({ status }) =>
            status.containerStatuses[0]?.lastState?.terminated !== undefined ||
            status.containerStatuses[0]?.state?.waiting?.reason === "CrashLoopBackOff",
        ),
    );
    cluster.clock.advance(20 * secondsMs);
    const status = await untilStatus("the end", has("Complete"));
    const { items } = await cluster.client.of(podKind).list({ namespace: ns });

    expect([status.succeeded, status.failed ?? 0]).to.deep.equal([2, 0]);
    expect(items.map((pod) => pod.status.containerStatuses[0]?.restartCount)).to.deep.equal([1, 1]);
  });

  it("replace pods that failed, after longer and longer waits, until their limit is reached", async () => {
    await create("fails:1", "backoffLimit: 2");
    for (const [failed, waitMs] of [
      [1, 10 * secondsMs],
      [2, 20 * secondsMs],
    ] as const) {
      await untilStatus(`${failed} failures`, (status) => status.failed === failed);
      const { items } = await cluster.client.of(podKind).list({ namespace: ns });
      expect(items, "before the wait is over").to.have.length(failed);
      cluster.clock.advance(waitMs);
    }
    const status = await untilStatus("the end", has("Failed"));

    expect([status.failed, status.succeeded ?? 0]).to.deep.equal([3, 0]);
    expect(ending(status)).to.deep.equal([
      ["FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit"],
      ["Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"],
    ]);
    await untilEvent("BackoffLimitExceeded");
  });

  it("end their pods when their time is up", async () => {
    await create("runs", "parallelism: 2, completions: 2, activeDeadlineSeconds: 60");
    await runs(2);
    cluster.clock.advance(60 * secondsMs);
    const status = await untilStatus("the end", has("Failed"));
    await untilPods("no pod", (pods) => pods.length === 0);

    expect(status.failed).to.equal(2);
    expect(ending(status).at(-1)).to.deep.equal(["Failed", "DeadlineExceeded", "Job was active longer than specified deadline"]);
    await untilEvent("DeadlineExceeded");
  });

  it("give each pod an index, by its name, host name, label, annotation and environment", async () => {
    await create("succeeds", "completionMode: Indexed, completions: 4, parallelism: 3");
    const status = await untilStatus("the end", has("Complete"));
    const { items } = await cluster.client.of(podKind).list({ namespace: ns });

    expect([status.completedIndexes, status.succeeded]).to.deep.equal(["0-3", 4]);
    const pods = [...items].sort((a, b) => (indexOf(a) < indexOf(b) ? -1 : 1));
    expect(pods.map(indexOf)).to.deep.equal(["0", "1", "2", "3"]);
    for (const [index, { metadata, spec }] of pods.entries()) {
      expect(metadata.name).to.match(new RegExp(`^work-${index}-[a-z0-9]{5}$`));
      expect(metadata.labels[indexKey]).to.equal(String(index));
      expect(spec.hostname).to.equal(`work-${index}`);
      expect(indexesTold.get(metadata.uid)).to.equal(String(index));
    }
  });

  it("try each index as often as it may be, and no more", async () => {
    await create("fails-if-odd", "completionMode: Indexed, completions: 4, parallelism: 4, backoffLimitPerIndex: 1");
    const failed = await untilStatus("first failures", (status) => status.completedIndexes === "0,2" && status.active === undefined);
    expect(failed.failedIndexes).to.equal("");
    cluster.clock.advance(10 * secondsMs);
    const status = await untilStatus("the end", has("Failed"));
    const { items } = await cluster.client.of(podKind).list({ namespace: ns });

    expect(status).to.include({ completedIndexes: "0,2", failedIndexes: "1,3", succeeded: 2, failed: 4 });
    expect(ending(status).at(-1)).to.deep.equal(["Failed", "FailedIndexes", "Job has failed indexes"]);
    const tries = items.map((pod) => `${indexOf(pod)}: ${pod.metadata.annotations["batch.kubernetes.io/job-index-failure-count"]}`);
    expect(tries.sort()).to.deep.equal(["0: 0", "1: 0", "1: 1", "2: 0", "3: 0", "3: 1"]);
  });

  it("grow and shrink with their indexes", async () => {
    await create("runs", "completionMode: Indexed, completions: 2, parallelism: 2");
    await runs(2);
    await patch({ completions: 4, parallelism: 4 });
    await runs(4);
    await patch({ completions: 1, parallelism: 1 });
    const pods = await untilPods("one pod", (all) => all.length === 1);

    expect(pods.map(indexOf)).to.deep.equal(["0"]);
  });

  it("fail at once on an exit code that cannot be mended", async () => {
    const rule = "{ action: FailJob, onExitCodes: { containerName: main, operator: In, values: [3] } }";
    await create("fails:3", `backoffLimit: 6, podFailurePolicy: { rules: [${rule}] }`);
    const status = await untilStatus("the end", has("Failed"));
    const { items } = await cluster.client.of(podKind).list({ namespace: ns });

    const message = `Container main for pod ${ns}/${items[0]?.metadata.name} failed with exit code 3 matching FailJob rule at index 0`;
    expect(ending(status).at(-1)).to.deep.equal(["Failed", "PodFailurePolicy", message]);
    expect(status.failed).to.equal(1);
  });

  it("do not count pods that were disrupted, if told so", async () => {
    const rule = "{ action: Ignore, onPodConditions: [{ type: DisruptionTarget }] }";
    await create("runs", `backoffLimit: 0, podFailurePolicy: { rules: [${rule}] }`);
    const [pod] = await runs(1);
    if (pod === undefined) throw new Error("there is no pod");
    const condition = { type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI" };
    await cluster.client.of(podKind).patch(keyOf(pod), "strategic", { status: { conditions: [condition] } }, { subresource: "status" });
    await cluster.client.of(podKind).delete(keyOf(pod));
    await cluster.gone(podKind, keyOf(pod));
    cluster.clock.advance(20 * secondsMs);
    await untilPods("its replacement", (pods) => pods.some((other) => isRunning(other) && other.metadata.uid !== pod.metadata.uid));
    const status = await untilStatus("one active", ({ active }) => active === 1);

    expect(status.failed ?? 0).to.equal(0);
    expect(has("Failed")(status) || has("FailureTarget")(status)).to.equal(false);
  });

  it("count and replace a pod that someone deleted", async () => {
    await create("runs", "backoffLimit: 6");
    const [pod] = await runs(1);
    if (pod === undefined) throw new Error("there is no pod");
    await cluster.client.of(podKind).delete(keyOf(pod));
    await untilStatus("one failure", ({ failed }) => failed === 1);
    cluster.clock.advance(20 * secondsMs);
    const pods = await untilPods("another pod", (all) => all.length === 1 && all.every(isRunning));

    expect(pods[0]?.metadata.uid).to.not.equal(pod.metadata.uid);
  });

  it("wait for the end of a pod before they replace it, if told so", async () => {
    await create("stays", "backoffLimit: 6, podReplacementPolicy: Failed");
    const [pod] = await runs(1);
    if (pod === undefined) throw new Error("there is no pod");
    await cluster.client.of(podKind).delete(keyOf(pod));
    const status = await untilStatus("one that is going", ({ terminating }) => terminating === 1);
    const { items } = await cluster.client.of(podKind).list({ namespace: ns });
    expect([status.failed ?? 0, items.length]).to.deep.equal([0, 1]);
    cluster.clock.advance(31 * secondsMs);
    await untilStatus("one failure", ({ failed }) => failed === 1);
    cluster.clock.advance(20 * secondsMs);

    await untilPods("another pod", (all) => all.length === 1 && all.every(isRunning) && all[0]?.metadata.uid !== pod.metadata.uid);
  });

  it("are done when the pods that matter have succeeded", async () => {
    const policy = 'successPolicy: { rules: [{ succeededIndexes: "0" }] }';
    await create("succeeds-if-first", `completionMode: Indexed, completions: 3, parallelism: 3, ${policy}`);
    const status = await untilStatus("the end", has("Complete"));
    await untilPods("the others' end", (pods) =>
      pods.every(({ metadata, status: { phase } }) => phase === "Succeeded" && indexOf({ metadata } as Whole<Pod>) === "0"),
    );

    expect(ending(status)).to.deep.equal([
      ["SuccessCriteriaMet", "SuccessPolicy", "Matched rules at index 0"],
      ["Complete", "SuccessPolicy", "Matched rules at index 0"],
    ]);
    expect([status.succeeded, status.failed ?? 0, status.completedIndexes]).to.deep.equal([1, 0, "0"]);
  });

  it("stop while they are suspended, and begin anew", async () => {
    await create("runs", "parallelism: 2, completions: 2, activeDeadlineSeconds: 60");
    await runs(2);
    const { startTime } = await untilStatus("its start", (status) => status.startTime !== undefined);
    await patch({ suspend: true });
    const suspended = await untilStatus("its rest", (status) => has("Suspended")(status) && (status.active ?? 0) === 0);
    await untilPods("no pod", (pods) => pods.length === 0);
    cluster.clock.advance(300 * secondsMs);
    await patch({ suspend: false });
    await runs(2);
    const resumed = await untilStatus("its second start", (status) => status.active === 2 && !has("Suspended")(status));

    expect(suspended.failed ?? 0).to.equal(0);
    expect(resumed.startTime?.seconds ?? 0).to.be.at.least((startTime?.seconds ?? 0) + 300);
    expect(ending(resumed)).to.deep.equal([["Suspended", "JobResumed", "Job resumed"]]);
    await untilEvent("Resumed");
    expect(await reasons()).to.include("Suspended");
  });

  it("take pods that match and that nothing controls, and give up those that match no more", async () => {
    const created = await create("runs", "parallelism: 2, completions: 2");
    const [pod] = await runs(2);
    if (pod === undefined) throw new Error("there is no pod");
    const change = (metadata: object) => cluster.client.of(podKind).patch(keyOf(pod), "merge", { metadata });
    const controllerOf = ({ metadata }: Whole<Pod>) => metadata.ownerReferences.find(({ controller }) => controller === true)?.uid;

    await change({ ownerReferences: [] });
    const adopted = await cluster.until(
      podKind,
      keyOf(pod),
      (now) => controllerOf(now) === created.metadata.uid && now.metadata.finalizers.includes(finalizer),
    );
    expect(adopted.metadata.uid).to.equal(pod.metadata.uid);

    await change({ labels: Object.fromEntries(Object.keys(pod.metadata.labels).map((label) => [label, null])) });
    const released = await cluster.until(
      podKind,
      keyOf(pod),
      (now) => controllerOf(now) === undefined && now.metadata.finalizers.length === 0,
    );
    expect(isGoing(released)).to.equal(false);
    await runs(3);
    await cluster.client.of(podKind).delete(keyOf(pod));
  });

  it("take their pods with them when they are deleted", async () => {
    await create("runs", "parallelism: 2, completions: 2");
    await runs(2);
    const propagationPolicy = "Background";
    await cluster.client.of(jobKind).delete(key(), { options: { propagationPolicy } });
    await cluster.gone(jobKind, key());

    await untilPods("no pod", (pods) => pods.length === 0);
  });

  it("are not gone before their pods, if told so", async () => {
    await create("runs", "parallelism: 2, completions: 2");
    await runs(2);
    await cluster.client.of(jobKind).delete(key(), { options: { propagationPolicy: "Foreground" } });
    await cluster.gone(jobKind, key());
    const { items } = await cluster.client.of(podKind).list({ namespace: ns });

    expect(items).to.deep.equal([]);
  });

  it("let go of their pods when they are deleted and leave them", async () => {
    await create("runs", "parallelism: 1, completions: 1");
    await runs(1);
    await cluster.client.of(jobKind).delete(key(), { options: { propagationPolicy: "Orphan" } });
    await cluster.gone(jobKind, key());
    const [pod] = await untilPods("a pod that is let go", (pods) => pods.every(({ metadata }) => metadata.finalizers.length === 0));

    expect(pod === undefined ? "gone" : isGoing(pod)).to.equal(false);
    if (pod !== undefined) await cluster.client.of(podKind).delete(keyOf(pod));
  });

  it("are left to another controller that they name", async () => {
    const first = await create("runs", "managedBy: example.com/other");
    await cluster.client.of(jobKind).create({ ...structuredClone(first), ...renamed(first, "ours") });
    await cluster.until(jobKind, { namespace: ns, name: "ours" }, ({ status }) => status.active === 1);
    const other = await cluster.client.of(jobKind).get(key());

    expect(other.status.startTime).to.equal(undefined);
    expect((await runs(1)).map(({ metadata }) => metadata.labels["job-name"])).to.deep.equal(["ours"]);
  });

  it("keep what others write to their status", async () => {
    await create("runs", "parallelism: 1, completions: 1");
    await runs(1);
    await untilStatus("one active", ({ active, ready }) => active === 1 && ready === 1);
    const own = { type: "CheckedByOthers", status: "True", reason: "Seen", message: "by a test" };
    await cluster.client.of(jobKind).patch(key(), "strategic", { status: { conditions: [own] } }, { subresource: "status" });
    await patch({ suspend: true });
    const status = await untilStatus("its rest", (now) => has("Suspended")(now) && (now.active ?? 0) === 0);

    expect(ending(status)).to.deep.include(["CheckedByOthers", "Seen", "by a test"]);
  });
});

/** The same Job as a new one of our own. */
function renamed({ metadata, spec }: Whole<Job>, name: string): Pick<Whole<Job>, "metadata" | "spec"> {
  const template = structuredClone(spec.template);
  if (template?.metadata !== undefined) template.metadata.labels = {};
  return {
    metadata: { ...metadata, name, uid: "", resourceVersion: "", labels: {} },
    spec: { ...spec, selector: undefined, managedBy: undefined, template },
  };
}
