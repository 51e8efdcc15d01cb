import { expect } from "chai";
import { deployment, replicaSet } from "../../../test/builders/index.js";
import { onFailureAnnotation } from "../../api/kinds/deployment/on-failure.js";
import type { Whole } from "../../api/object.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import {
  changeCauseAnnotation,
  completedAnnotation,
  failedAnnotation,
  revisionAnnotation,
  rolledBackFromAnnotation,
  rolledBackToAnnotation,
  templateHashLabel,
} from "./annotations.js";
import { planRollback } from "./rollback.js";
import type { Step } from "./step.js";
import { type DeploymentView, viewDeployment } from "./view.js";

type Mark = "completed" | "failed";
interface Case {
  readonly it: string;
  /** What became of the revisions 1, 2 … so far; the last is the present one. */
  readonly revisions: readonly (readonly Mark[])[];
  readonly onFailure?: string;
  readonly reason?: string;
  /** The generation that the status is of; 4, the present one, by default. */
  readonly observedGeneration?: number;
  readonly rolledBackTo?: string;
  readonly plan: readonly string[];
}

const marks = { completed: completedAnnotation, failed: failedAnnotation };

function setOf(revision: number, done: readonly Mark[]): Whole<ReplicaSet> {
  const hash = `hash${revision}`;
  return replicaSet({
    name: `web-${revision}`,
    createdMs: revision * 1_000,
    annotations: {
      [revisionAnnotation]: String(revision),
      [changeCauseAnnotation]: `cause ${revision}`,
      ...Object.fromEntries(done.map((mark) => [marks[mark], "true"])),
    },
    template: { image: `busybox:${revision}`, labels: { app: "web", [templateHashLabel]: hash } },
  });
}

function view({
  revisions,
  onFailure = "rollback",
  reason = "ProgressDeadlineExceeded",
  ...more
}: Omit<Case, "it" | "plan">): DeploymentView {
  const { rolledBackTo, observedGeneration = 4 } = more;
  const owner = deployment({
    generation: 4,
    template: { image: `busybox:${revisions.length}` },
    annotations: {
      [onFailureAnnotation]: onFailure,
      ...(rolledBackTo === undefined ? {} : { [rolledBackToAnnotation]: rolledBackTo, [rolledBackFromAnnotation]: "7" }),
    },
    status: { observedGeneration, conditions: [{ ...noTimes, type: "Progressing", status: "False", reason, message: "" }] },
  });
  const sets = revisions.map((done, index) => setOf(index + 1, done));
  return viewDeployment(owner, sets, () => [], 0);
}

const noTimes = { lastUpdateTime: undefined, lastTransitionTime: undefined };

function describeStep(step: Step): string {
  if (step.kind === "rollback") return `back to ${step.template.spec?.containers[0]?.image}`;
  if (step.kind === "annotate") return "forget";
  if (step.kind !== "mark") throw new Error(`no step of a rollback: ${step.kind}`);
  return `mark ${step.replicaSet.metadata.name}${step.tell === undefined ? "" : `, tell ${step.tell.reason}`}`;
}

describe("planRollback", () => {
  const cases: readonly Case[] = [
    {
      it: "returns to the last complete revision",
      revisions: [["completed"], ["completed"], []],
      plan: ["mark web-3", "back to busybox:2"],
    },
    { it: "passes over what was never complete", revisions: [["completed"], [], []], plan: ["mark web-3", "back to busybox:1"] },
    {
      it: "passes over what has failed since it was complete",
      revisions: [["completed"], ["completed", "failed"], []],
      plan: ["mark web-3", "back to busybox:1"],
    },
    {
      it: "returns from what was complete once, too",
      revisions: [["completed"], ["completed"]],
      plan: ["mark web-2", "back to busybox:1"],
    },
    { it: "returns from one that has failed before", revisions: [["completed"], ["failed"]], plan: ["back to busybox:1"] },
    {
      it: "stays when nothing was ever complete, and says so",
      revisions: [[], []],
      plan: ["mark web-2, tell DeploymentRollbackRevisionNotFound"],
    },
    { it: "says so once", revisions: [[], ["failed"]], plan: [] },
    { it: "stays at the first revision", revisions: [[]], plan: ["mark web-1, tell DeploymentRollbackRevisionNotFound"] },
    {
      it: "stays when what was rolled back to fails, too",
      revisions: [["completed"], ["completed"]],
      rolledBackTo: "web-2",
      plan: ["mark web-2, tell DeploymentRollbackFailed"],
    },
    { it: "says that once, too", revisions: [["completed"], ["failed"]], rolledBackTo: "web-2", plan: [] },
    {
      it: "forgets a rollback when another template is wanted",
      revisions: [["completed"], ["failed"], []],
      reason: "ReplicaSetUpdated",
      rolledBackTo: "web-1",
      plan: ["forget"],
    },
    { it: "does nothing unless asked", revisions: [["completed"], []], onFailure: "", plan: [] },
    { it: "does nothing when asked for something else", revisions: [["completed"], []], onFailure: "pause", plan: [] },
    { it: "does nothing while the rollout moves", revisions: [["completed"], []], reason: "ReplicaSetUpdated", plan: [] },
    { it: "does not go by a status of another spec", revisions: [["completed"], []], observedGeneration: 3, plan: [] },
  ];
  for (const { it: does, plan, ...given } of cases) {
    it(does, () => expect(planRollback(view(given)).map(describeStep)).to.deep.equal(plan));
  }

  it("restores the template without the hash label, and the cause that goes with it, and remembers both revisions", () => {
    const step = planRollback(view({ revisions: [["completed"], []] })).find(({ kind }) => kind === "rollback");
    if (step?.kind !== "rollback") throw new Error("it was not rolled back");

    expect(step.template.metadata?.labels).to.deep.equal({ app: "web" });
    expect(step.annotations).to.deep.equal({
      [changeCauseAnnotation]: "cause 1",
      [rolledBackFromAnnotation]: "2",
      [rolledBackToAnnotation]: "web-1",
    });
    expect(step.message).to.equal('Revision 2 exceeded its progress deadline: rolled back to revision 1, replica set "web-1"');
  });
});
