import { expect } from "chai";
import {
  cronJob,
  daemonSet,
  deployment,
  job,
  limitRange,
  node,
  pod,
  replicaSet,
  resourceQuota,
  statefulSet,
} from "../../../../test/builders/index.js";
import { ago, nowMs, podFacts, withState } from "../../../../test/builders/pod-facts.js";
import { makeWhole } from "../../../api/codec/whole.js";
import { cronJobKind } from "../../../api/kinds/cronjob/kind.js";
import { daemonSetKind } from "../../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import { eventKind } from "../../../api/kinds/event/kind.js";
import { jobKind } from "../../../api/kinds/job/kind.js";
import type { Kind } from "../../../api/kinds/kind.js";
import { replicaSetKind } from "../../../api/kinds/replicaset/kind.js";
import { statefulSetKind } from "../../../api/kinds/statefulset/kind.js";
import type { ApiObject, Whole } from "../../../api/object.js";
import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import { ContainerStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import { ObjectReference } from "../../../gen/howbernetes/core/v1/reference.js";
import { diagnose } from "../diagnose.js";
import type { ObjectFacts } from "../facts.js";
import type { Diagnosis, Suggestion } from "../finding.js";

const told = (reason: string, message: string): Whole<Event> =>
  makeWhole(eventKind, {
    metadata: { name: reason, namespace: "default", creationTimestamp: ago(9) },
    reason,
    message,
    firstTimestamp: ago(9),
  });

function diagnosed<T extends ApiObject>(kind: Kind<T>, object: Whole<T>, more: Partial<ObjectFacts> = {}): Diagnosis {
  const subject = { kind: kind as unknown as Kind, object };
  const nothing = { events: [], controlled: [], pods: [], examined: [], allowances: { quotas: [], ranges: [] }, nodes: [], related: [] };
  return diagnose({ subject, ...nothing, ...more }, nowMs);
}

const codes = ({ findings }: Diagnosis): string[] => findings.map(({ code }) => code);
const texts = (suggestions: readonly Suggestion[] = []): string[] => suggestions.map(({ text }) => text);
const refused = (message: string): Whole<Event> => told("FailedCreate", `Error creating: pods "web-abcde" is forbidden: ${message}`);

describe("diagnose, of deployments", () => {
  it("is content with one that is complete", () => {
    const status = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
    const { healthy, headline } = diagnosed(deploymentKind, deployment({ replicas: 2, status }));
    expect(healthy).to.equal(true);
    expect(headline).to.equal(
      "deployment default/web is complete, 2 of 2 pods available: its 2 pods are of its present template and available",
    );
  });

  it("adds up what a quota would have to allow for all pods that are missing", () => {
    const quota = resourceQuota({ name: "few", hard: { pods: "3", "requests.cpu": "1" }, used: { pods: "1", "requests.cpu": "800m" } });
    const message = "exceeded quota: few, requested: requests.cpu=400m, used: requests.cpu=800m, limited: requests.cpu=1";
    const more = { events: [refused(message)], allowances: { quotas: [quota], ranges: [] } };
    const { findings } = diagnosed(deploymentKind, deployment({ replicas: 3, status: { replicas: 1 } }), more);
    expect(findings[0]?.code).to.equal("QuotaExceeded");
    expect(findings[0]?.evidence).to.include("requests.cpu: 800m of 1 used");
    expect(texts(findings[0]?.suggestions)).to.deep.equal(["raise quota few: requests.cpu to 1600m", "be content with 1 pod"]);
    expect(findings[0]?.suggestions[0]?.changes[0]).to.deep.include({
      kind: "patch",
      patch: { spec: { hard: { "requests.cpu": "1600m" } } },
    });
  });

  it("speaks last of pods of an earlier template, and does not change the present one for them", () => {
    const owner = (uid: string) => ({ apiVersion: "apps/v1", kind: "ReplicaSet", name: uid, uid, controller: true });
    const revision = (uid: string, number: string) => ({
      kind: replicaSetKind as unknown as Kind,
      object: replicaSet({ name: uid, uid, annotations: { "deployment.kubernetes.io/revision": number } }),
    });
    const waiting = (image: string) => ({ waiting: { reason: "ImagePullBackOff", message: `Back-off pulling image "${image}"` } });
    const web = { kind: deploymentKind as unknown as Kind, object: deployment() };
    const failing = (uid: string, image: string) =>
      podFacts(
        withState(
          { state: waiting(image) },
          { name: `web-${uid}`, labels: { "pod-template-hash": uid }, ownerReferences: [owner(uid)] },
          { image },
        ),
        {
          controllers: [revision(uid, "1"), web],
          images: ["web:1"],
        },
      );
    const examined = [failing("old", "wbe:1"), failing("new", "wbe:2")];
    const { findings } = diagnosed(deploymentKind, deployment({ status: { replicas: 1 } }), {
      controlled: [revision("old", "1"), revision("new", "2")],
      pods: examined.map(({ pod: each }) => each),
      examined,
    });
    expect(findings.map(({ about }) => about.name)).to.deep.equal(["web-new", "web-old"]);
    expect(findings[1]?.evidence[0]).to.equal("it is of an earlier template");
    expect(findings.map(({ suggestions }) => texts(suggestions).includes("use web:1, which nodes have"))).to.deep.equal([true, false]);
  });

  it("speaks of no failure that is over: nothing is missing", () => {
    const status = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
    const events = [refused("exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1")];
    expect(codes(diagnosed(deploymentKind, deployment({ status }), { events }))).to.deep.equal(["Complete"]);
  });

  it("proposes resources that keep to a LimitRange, or a wider one", () => {
    const range = limitRange({ name: "small", limits: [{ type: "Container", min: { memory: "64Mi" } }] });
    const message = "minimum memory usage per Container is 64Mi, but request is 16Mi";
    const web = deployment({ status: { replicas: 0 } });
    const [container] = web.spec.template?.spec?.containers ?? [];
    if (container !== undefined) container.resources = { requests: { memory: { string: "16Mi" } }, limits: {}, claims: [] };
    const { findings } = diagnosed(deploymentKind, web, { events: [refused(message)], allowances: { quotas: [], ranges: [range] } });
    expect(findings[0]?.headline).to.equal(
      "1 pod missing: a LimitRange does not allow them: minimum memory per Container is 64Mi, request is 16Mi",
    );
    const [change] = findings[0]?.suggestions[0]?.changes ?? [];
    expect(change?.kind === "patch" ? change.patch : undefined).to.deep.equal([
      { op: "add", path: "/spec/template/spec/containers/0/resources", value: { requests: { memory: "64Mi" } } },
    ]);
  });

  const refusals = [
    {
      message: 'error looking up service account default/shop: serviceaccount "shop" not found',
      code: "ServiceAccountMissing",
      says: /no service account shop/,
    },
    {
      message: "failed quota: few: must specify limits.cpu for: main",
      code: "QuotaWantsMore",
      says: /quota few wants pods to say limits.cpu for: main/,
    },
    { message: "no PriorityClass with name high was found", code: "PodsRefused", says: /the api-server refuses them: .*no PriorityClass/ },
  ];
  for (const { message, code, says } of refusals) {
    it(`says what keeps its pods from being made: ${code}`, () => {
      const { findings } = diagnosed(deploymentKind, deployment({ status: { replicas: 0 } }), { events: [refused(message)] });
      expect(findings[0]?.code).to.equal(code);
      expect(findings[0]?.headline).to.match(says);
    });
  }

  it("says that a rollout has exceeded its deadline, and to which revision to go back", () => {
    const conditions = [
      {
        type: "Progressing",
        status: "False",
        reason: "ProgressDeadlineExceeded",
        message: "timed out",
        lastUpdateTime: ago(5),
        lastTransitionTime: ago(5),
      },
    ];
    const sets = [1, 2].map((number) =>
      replicaSet({ name: `web-${number}`, annotations: { "deployment.kubernetes.io/revision": String(number) } }),
    );
    const controlled = sets.map((object) => ({ kind: replicaSetKind as unknown as Kind, object }));
    const { findings } = diagnosed(deploymentKind, deployment({ status: { replicas: 1, conditions } }), { controlled });
    expect(findings[0]?.code).to.equal("ProgressDeadlineExceeded");
    expect(findings[0]?.headline).to.equal("its rollout has not come forward within 600s");
    expect(texts(findings[0]?.suggestions)).to.deep.equal(["go back to revision 1"]);
  });

  it("does not take a ReplicaSet that was refused for one that is late", () => {
    const refused = { type: "Progressing", status: "False", reason: "ReplicaSetCreateError", message: "quota is used up" };
    const conditions = [{ ...refused, lastUpdateTime: ago(5), lastTransitionTime: ago(5) }];
    const { findings } = diagnosed(deploymentKind, deployment({ status: { replicas: 1, conditions } }));
    expect(findings.map(({ code, headline }) => [code, headline])).to.deep.include([
      "ReplicaSetRefused",
      "the ReplicaSet of its present template cannot be made: quota is used up",
    ]);
  });

  it("says that its controller has not seen its last change", () => {
    expect(codes(diagnosed(deploymentKind, deployment({ generation: 3, status: { observedGeneration: 2 } })))).to.deep.equal([
      "NotObserved",
    ]);
  });

  it("takes a pause for a problem only while there is something that it holds up", () => {
    const paused = (updatedReplicas: number) =>
      diagnosed(deploymentKind, deployment({ paused: true, status: { replicas: 1, updatedReplicas, availableReplicas: 1 } })).healthy;
    expect(paused(0)).to.equal(false);
    expect(paused(1)).to.equal(true);
  });

  it("names what keeps it from going", () => {
    const going = deployment({ deleting: true, finalizers: ["example.com/hold", "foregroundDeletion"] });
    const { headline, findings } = diagnosed(deploymentKind, going);
    expect(headline).to.equal("deployment default/web is terminating: finalizer example.com/hold keeps it");
    expect(findings[0]?.suggestions[0]?.changes[0]).to.deep.include({ patch: { metadata: { finalizers: ["foregroundDeletion"] } } });
  });
});

describe("diagnose, of sets", () => {
  it("says of an old revision's ReplicaSet who wants no pods of it", () => {
    const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "u" };
    const { headline, healthy } = diagnosed(replicaSetKind, replicaSet({ name: "web-1", replicas: 0, owner }));
    expect(healthy).to.equal(true);
    expect(headline).to.equal("replicaset default/web-1 is without pods: Deployment web wants no pods of this revision");
  });

  it("says which pod of a StatefulSet the others wait for", () => {
    const pods = [pod({ name: "web-0" }), pod({ name: "web-1", ready: false })];
    const { findings } = diagnosed(statefulSetKind, statefulSet({ name: "web", replicas: 4, status: { replicas: 2, readyReplicas: 1 } }), {
      pods,
    });
    expect(findings[0]?.headline).to.equal("2 pods wait for pod web-1, which is Running and not ready");
    expect(findings[0]?.evidence[1]).to.equal("not made yet: web-2, web-3");
  });

  it("waits for none where pods are made all at once", () => {
    const parallel = statefulSet({ name: "web", replicas: 3, spec: { podManagementPolicy: "Parallel" }, status: { replicas: 1 } });
    expect(codes(diagnosed(statefulSetKind, parallel))).not.to.include("WaitsForOrdinal");
  });

  it("lists the nodes that a DaemonSet leaves out, and does not count those that all of them go to", () => {
    const nodes = [
      node({ name: "n1" }),
      node({ name: "n2", taints: [{ key: "gpu", effect: "NoSchedule" }] }),
      node({ name: "n3", unschedulable: true, taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }] }),
    ];
    const status = { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2 };
    const { findings, healthy } = diagnosed(daemonSetKind, daemonSet({ status }), { nodes });
    expect(healthy).to.equal(true);
    const left = findings.find(({ code }) => code === "NodesLeftOut");
    expect(left?.nodes).to.deep.equal([{ node: "n2", verdict: "node(s) had untolerated taint(s)", detail: "gpu:NoSchedule" }]);
    expect(texts(left?.suggestions)).to.deep.equal(["tolerate gpu:NoSchedule"]);
  });
});

describe("diagnose, of jobs", () => {
  const failed = (reason: string, message: string) => ({
    status: {
      failed: 3,
      conditions: [{ type: "Failed", status: "True", reason, message, lastProbeTime: ago(5), lastTransitionTime: ago(5) }],
    },
  });
  const cases = [
    {
      it: "its backoffLimit",
      job: job(failed("BackoffLimitExceeded", "too often")),
      says: /more often than its backoffLimit of 6/,
      help: ["try again, allowing 13 failures"],
    },
    {
      it: "its deadline",
      job: job({ spec: { activeDeadlineSeconds: 5 }, ...failed("DeadlineExceeded", "late") }),
      says: /longer than its activeDeadlineSeconds of 5/,
      help: ["try again, without a deadline"],
    },
    {
      it: "its podFailurePolicy",
      job: job(failed("PodFailurePolicy", "Container main failed with exit code 42")),
      says: /podFailurePolicy .*exit code 42/,
      help: [],
    },
    {
      it: "anything else",
      job: job(failed("FailedIndexes", "Job has failed indexes")),
      says: /it has failed: Job has failed indexes/,
      help: [],
    },
  ];
  for (const each of cases) {
    it(`says what ended one: ${each.it}`, () => {
      const { findings, headline } = diagnosed(jobKind, each.job);
      expect(headline)
        .to.match(/^job default\/work is failed: /)
        .and.match(each.says);
      expect(texts(findings[0]?.suggestions)).to.deep.equal([...each.help, "read what its pods wrote"]);
    });
  }

  it("says when one that failed is tried again", () => {
    const ended = pod({
      phase: "Failed",
      status: {
        containerStatuses: [ContainerStatus.fromPartial({ name: "main", state: { terminated: { exitCode: 1, finishedAt: ago(5) } } })],
      },
    });
    const { findings } = diagnosed(jobKind, job({ status: { failed: 2, active: 0 } }), { pods: [ended] });
    expect(findings[0]?.headline).to.equal("2 pods failed, 4 more may");
    expect(findings[0]?.waitsFor).to.equal("its next try, in about 15s");
  });

  it("says of a CronJob when it is due, and what keeps it", () => {
    const waiting = cronJob({ schedule: "30 12 * * *", spec: { timeZone: "Etc/UTC" } });
    const next = diagnosed(cronJobKind, waiting);
    expect(next.healthy).to.equal(true);
    expect(next.headline).to.match(/is waiting for its time: its next job is due in 30m$/);
    const busy = cronJob({
      spec: { concurrencyPolicy: "Forbid" },
      status: { active: [ObjectReference.fromPartial({ name: "nightly-1" })] },
    });
    expect(codes(diagnosed(cronJobKind, busy))).to.include("OverlapForbidden");
    const missed = diagnosed(cronJobKind, waiting, { events: [told("TooManyMissedTimes", "too many missed start times: 101")] });
    expect(missed.findings[0]?.headline).to.equal("it has missed times at which it was due");
  });
});
