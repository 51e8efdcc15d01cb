import { expect } from "chai";
import { type DeploymentOptions, deployment, ownedBy, pod, replicaSet } from "../../../test/builders/index.js";
import { timeFromMs } from "../../api/values/time.js";
import type { DeploymentCondition } from "../../gen/howbernetes/apps/v1/deployment.js";
import { deadlineInMs, deploymentStatus, type Progress } from "./status.js";
import { type DeploymentView, viewDeployment } from "./view.js";

const nowMs = Date.UTC(2026, 0, 2);
const counted: Progress = { kind: "counted" };

const condition = (reason: string, status = "True", sinceMs = nowMs - 10_000): DeploymentCondition => ({
  type: "Progressing",
  status,
  reason,
  message: "",
  lastUpdateTime: timeFromMs(sinceMs),
  lastTransitionTime: timeFromMs(sinceMs),
});

/** A Deployment of three with one ReplicaSet that has so many pods and so many ready. */
function view(options: DeploymentOptions, active: number, ready: number): DeploymentView {
  const set = replicaSet({ name: "web-1", replicas: 3, matchLabels: { app: "web" } });
  const pods = Array.from({ length: active }, (_, index) => pod({ name: `p${index}`, owner: ownedBy(set), ready: index < ready }));
  return viewDeployment(deployment({ replicas: 3, ...options }), [set], () => pods, nowMs);
}

describe("deploymentStatus", () => {
  const cases = [
    {
      it: "says that a ReplicaSet was made",
      active: 0,
      ready: 0,
      progress: { kind: "created", name: "web-1" },
      progressing: "True NewReplicaSetCreated",
      available: "False",
    },
    {
      it: "says that none could be made",
      active: 0,
      ready: 0,
      progress: { kind: "createFailed", message: "no" },
      progressing: "False ReplicaSetCreateError",
      available: "False",
    },
    { it: "says that it found one", active: 0, ready: 0, progressing: "True FoundNewReplicaSet", available: "False" },
    {
      it: "says that it moves on",
      active: 2,
      ready: 1,
      before: condition("NewReplicaSetCreated"),
      progressing: "True ReplicaSetUpdated",
      available: "False",
    },
    {
      it: "says that it is done",
      active: 3,
      ready: 3,
      before: condition("ReplicaSetUpdated"),
      progressing: "True NewReplicaSetAvailable",
      available: "True",
    },
    {
      it: "stays done when a pod is lost",
      active: 3,
      ready: 2,
      before: condition("NewReplicaSetAvailable"),
      progressing: "True NewReplicaSetAvailable",
      available: "False",
    },
    {
      it: "says that it is stuck",
      active: 0,
      ready: 0,
      before: condition("ReplicaSetUpdated", "True", nowMs - 601_000),
      progressing: "False ProgressDeadlineExceeded",
      available: "False",
    },
    {
      it: "says nothing of progress without a deadline",
      progressDeadlineSeconds: 2_147_483_647,
      active: 0,
      ready: 0,
      before: condition("ReplicaSetUpdated", "True", nowMs - 86_400_000),
      progressing: "undefined undefined",
      available: "False",
    },
    {
      it: "says that it is paused",
      paused: true,
      active: 3,
      ready: 3,
      before: condition("ReplicaSetUpdated"),
      progressing: "Unknown DeploymentPaused",
      available: "True",
    },
    {
      it: "says rather that it is stuck than that it is paused",
      paused: true,
      active: 3,
      ready: 0,
      before: condition("ProgressDeadlineExceeded", "False"),
      progressing: "False ProgressDeadlineExceeded",
      available: "False",
    },
    {
      it: "gives a rollout to what was there before a deadline of its own",
      active: 0,
      ready: 0,
      progress: { kind: "found", name: "web-1" },
      before: condition("NewReplicaSetAvailable"),
      progressing: "True FoundNewReplicaSet",
      available: "False",
    },
    {
      it: "is no longer stuck once it moves on",
      active: 2,
      ready: 1,
      before: condition("ProgressDeadlineExceeded", "False"),
      progressing: "True ReplicaSetUpdated",
      available: "False",
    },
    {
      it: "says that it was resumed",
      active: 3,
      ready: 3,
      before: condition("DeploymentPaused", "Unknown"),
      progressing: "Unknown DeploymentResumed",
      available: "True",
    },
  ];
  for (const { it: does, active, ready, progress = counted, before, progressing, available, ...options } of cases) {
    it(does, () => {
      const status = { conditions: before === undefined ? [] : [before] };
      const { conditions } = deploymentStatus(view({ maxUnavailable: 0, ...options, status }, active, ready), progress as Progress, nowMs);
      const said = (type: string): DeploymentCondition | undefined => conditions.find((each) => each.type === type);
      expect(`${said("Progressing")?.status} ${said("Progressing")?.reason}`).to.equal(progressing);
      expect(said("Available")?.status).to.equal(available);
    });
  }

  it("keeps the times of a condition that says what it said", () => {
    const before = condition("NewReplicaSetAvailable");
    const { conditions } = deploymentStatus(view({ status: { conditions: [before] } }, 3, 3), counted, nowMs);
    expect(conditions.find(({ type }) => type === "Progressing")).to.deep.equal(before);
  });

  it("counts pods", () => {
    const { replicas, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas } = deploymentStatus(
      view({}, 2, 1),
      counted,
      nowMs,
    );
    expect([replicas, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas]).to.deep.equal([2, 2, 1, 1, 2]);
  });
});

describe("deadlineInMs", () => {
  const due = (before: DeploymentCondition, options: DeploymentOptions = {}): number | undefined => {
    const seen = view({ status: { conditions: [before] }, ...options }, 1, 1);
    return deadlineInMs(seen, seen.deployment.status, nowMs);
  };

  it("is when the deadline has surely passed", () => {
    for (const [reason, status] of [
      ["ReplicaSetUpdated", "True"],
      ["DeploymentResumed", "Unknown"],
      ["ReplicaSetCreateError", "False"],
    ] as const) {
      expect(due(condition(reason, status, nowMs - 100_000)), reason).to.equal(501_000);
    }
  });

  it("is never for a rollout that is done, stuck or paused", () => {
    expect([
      due(condition("NewReplicaSetAvailable")),
      due(condition("ProgressDeadlineExceeded", "False")),
      due(condition("ReplicaSetUpdated"), { paused: true }),
    ]).to.deep.equal([undefined, undefined, undefined]);
  });
});
