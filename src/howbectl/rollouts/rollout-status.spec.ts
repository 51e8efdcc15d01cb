import { expect } from "chai";
import { daemonSet, deployment, job, statefulSet } from "../../../test/builders/index.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { DaemonSetStatus } from "../../gen/howbernetes/apps/v1/daemonset.js";
import { DeploymentCondition, type DeploymentStatus } from "../../gen/howbernetes/apps/v1/deployment.js";
import type { StatefulSetSpec, StatefulSetStatus } from "../../gen/howbernetes/apps/v1/statefulset.js";
import { rolloutStatus } from "./rollout-status.js";

const of = <T extends ApiObject>(kind: Kind<T>, object: Whole<T>) =>
  ({ kind, object }) as unknown as { kind: Kind; object: Whole<ApiObject> };
const condition = (partial: object): DeploymentCondition => DeploymentCondition.fromPartial(partial);

describe("rolloutStatus of a Deployment", () => {
  const status = (given: Partial<DeploymentStatus>, revision = 0) =>
    rolloutStatus(
      of(
        deploymentKind,
        deployment({
          replicas: 3,
          generation: 2,
          annotations: { "deployment.kubernetes.io/revision": "4" },
          status: { observedGeneration: 2, ...given },
        }),
      ),
      revision,
    );
  const lead = 'Waiting for deployment "web" rollout to finish: ';

  const cases: readonly { it: string; status: Partial<DeploymentStatus>; text: string; done?: boolean }[] = [
    {
      it: "waits until the controller has seen the change",
      status: { observedGeneration: 1, updatedReplicas: 3, availableReplicas: 3, replicas: 3 },
      text: "Waiting for deployment spec update to be observed...",
    },
    {
      it: "counts new pods first",
      status: { updatedReplicas: 1, replicas: 4 },
      text: `${lead}1 out of 3 new replicas have been updated...`,
    },
    { it: "then old ones", status: { updatedReplicas: 3, replicas: 4 }, text: `${lead}1 old replicas are pending termination...` },
    {
      it: "then those that are available",
      status: { updatedReplicas: 3, replicas: 3, availableReplicas: 2 },
      text: `${lead}2 of 3 updated replicas are available...`,
    },
    {
      it: "is done when all are",
      status: { updatedReplicas: 3, replicas: 3, availableReplicas: 3 },
      text: 'deployment "web" successfully rolled out',
      done: true,
    },
  ];
  for (const { it: does, status: given, text, done = false } of cases) {
    it(does, () => expect(status(given)).to.deep.equal({ text, done }));
  }

  it("fails when the deadline has passed, and after a rollback, whatever the counts", () => {
    const complete = { updatedReplicas: 3, replicas: 3, availableReplicas: 3 };
    const late = condition({ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" });
    expect(() => status({ ...complete, conditions: [late] })).to.throw('deployment "web" exceeded its progress deadline');
    const back = condition({ type: "RolledBack", status: "True", message: "Revision 4 exceeded its progress deadline" });
    expect(() => status({ ...complete, conditions: [back] })).to.throw('deployment "web" was rolled back: Revision 4 exceeded');
  });

  it("does not blame a deadline that an earlier template exceeded", () => {
    const late = condition({ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" });
    expect(status({ observedGeneration: 1, conditions: [late] }).text).to.match(/^Waiting for deployment spec update/);
  });

  it("fails when another revision is rolled out than the one asked for", () => {
    expect(() => status({}, 3)).to.throw("desired revision (3) is different from the running revision (4)");
    expect(status({}, 4).done).to.equal(false);
  });
});

describe("rolloutStatus of a DaemonSet", () => {
  const status = (given: Partial<DaemonSetStatus>) =>
    rolloutStatus(
      of(daemonSetKind, daemonSet({ generation: 2, status: { observedGeneration: 2, desiredNumberScheduled: 3, ...given } })),
      0,
    );
  const lead = 'Waiting for daemon set "agent" rollout to finish: ';

  const cases: readonly { it: string; status: Partial<DaemonSetStatus>; text: string; done?: boolean }[] = [
    {
      it: "waits until the change was seen",
      status: { observedGeneration: 1 },
      text: "Waiting for daemon set spec update to be observed...",
    },
    { it: "counts updated pods", status: { updatedNumberScheduled: 2 }, text: `${lead}2 out of 3 new pods have been updated...` },
    {
      it: "counts available pods",
      status: { updatedNumberScheduled: 3, numberAvailable: 1 },
      text: `${lead}1 of 3 updated pods are available...`,
    },
    {
      it: "is done",
      status: { updatedNumberScheduled: 3, numberAvailable: 3 },
      text: 'daemon set "agent" successfully rolled out',
      done: true,
    },
  ];
  for (const { it: does, status: given, text, done = false } of cases) {
    it(does, () => expect(status(given)).to.deep.equal({ text, done }));
  }

  it("has nothing to tell where pods are replaced by hand", () => {
    const byHand = of(daemonSetKind, daemonSet({ strategy: "OnDelete" }));
    expect(() => rolloutStatus(byHand, 0)).to.throw("rollout status is only available for RollingUpdate strategy type");
  });
});

describe("rolloutStatus of a StatefulSet", () => {
  const status = (given: Partial<StatefulSetStatus>, spec: Partial<StatefulSetSpec> = {}) =>
    rolloutStatus(of(statefulSetKind, statefulSet({ replicas: 3, generation: 2, spec, status: { observedGeneration: 2, ...given } })), 0);
  const rolling = (partition: number | undefined): Partial<StatefulSetSpec> => ({
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition, maxUnavailable: undefined } },
  });
  const plain: Partial<StatefulSetSpec> = { updateStrategy: { type: "RollingUpdate", rollingUpdate: undefined } };

  const cases: readonly {
    it: string;
    status: Partial<StatefulSetStatus>;
    spec?: Partial<StatefulSetSpec>;
    text: string;
    done?: boolean;
  }[] = [
    {
      it: "waits until the change was seen",
      status: { observedGeneration: 1 },
      text: "Waiting for statefulset spec update to be observed...",
    },
    {
      it: "waits for a controller that has seen nothing yet",
      status: { observedGeneration: 0 },
      text: "Waiting for statefulset spec update to be observed...",
    },
    { it: "waits until all pods are ready", status: { readyReplicas: 1 }, text: "Waiting for 2 pods to be ready..." },
    {
      it: "waits for pods from the partition on",
      status: { readyReplicas: 3, updatedReplicas: 1 },
      spec: rolling(1),
      text: "Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...",
    },
    {
      it: "is done when these are updated",
      status: { readyReplicas: 3, updatedReplicas: 2 },
      spec: rolling(1),
      text: "partitioned roll out complete: 2 new pods have been updated...",
      done: true,
    },
    {
      it: "waits for the last pod without a partition",
      status: { readyReplicas: 3, updatedReplicas: 2, currentRevision: "db-1", updateRevision: "db-2" },
      spec: plain,
      text: "waiting for statefulset rolling update to complete 2 pods at revision db-2...",
    },
    {
      it: "is done without a partition",
      status: { readyReplicas: 3, currentReplicas: 3, currentRevision: "db-2", updateRevision: "db-2" },
      spec: plain,
      text: "statefulset rolling update complete 3 pods at revision db-2...",
      done: true,
    },
  ];
  for (const { it: does, status: given, spec, text, done = false } of cases) {
    it(does, () => expect(status(given, spec)).to.deep.equal({ text, done }));
  }
});

it("rolloutStatus knows no other kinds", () => {
  expect(() => rolloutStatus(of(jobKind, job()), 0)).to.throw("no status viewer has been implemented for Job.batch");
});
