import { badRequest, notFound, unavailable } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { type ObjectKey, parseKey } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Informer } from "../../client/contracts.js";
import type { AnswerRequest_Answer, AnswerResponse, AnswerResponse_ExplainQuestion } from "../../gen/howbernetes/api/v1/scheduling.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Placement } from "../../gen/howbernetes/placement/v1/placement_record.js";
import { planRebalance } from "../assessment/plan-rebalance.js";
import { assessRisk } from "../assessment/risk.js";
import { Slots } from "../binding/slots.js";
import type { ClusterView } from "../cluster/cluster-view.js";
import { podInfo, schedulerNameOf } from "../cluster/pod-info.js";
import { livePlacement } from "../explanation/live-placement.js";
import type { Profile } from "../framework/plugin.js";

/** What is asked. */
export type Question = Exclude<NonNullable<AnswerResponse["question"]>, { $case: "cancel" }>;

/** What is answered. */
export type Answer = NonNullable<AnswerRequest_Answer["answer"]>;

export interface AnswererDeps {
  readonly cluster: ClusterView;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly pods: Pick<Informer<Pod>, "get" | "reached">;
  /** Resolves when all is known that there is. */
  readonly synced: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
}

// Each goes through all nodes and pods: two at once would take twice as long.
const assessmentsAtOnce = 1;
// Each takes its turn of the event loop before the next decision has one.
const explanationsAtOnce = 2;

/** Answers from what the leading scheduler knows of the cluster, beside its decisions. */
export class Answerer {
  private readonly assessments = new Slots(assessmentsAtOnce);
  private readonly explanations = new Slots(explanationsAtOnce);

  constructor(private readonly deps: AnswererDeps) {}

  /** @throws ApiError NotFound, BadRequest, ServiceUnavailable */
  async answer(question: Question, signal: AbortSignal): Promise<Answer> {
    await this.deps.synced(signal);
    switch (question.$case) {
      case "explain":
        return { $case: "explain", value: await this.explain(question.value, signal) };
      case "assessRisk": {
        const { nodeName } = question.value;
        return { $case: "assessRisk", value: await inTurn(this.assessments, () => assessRisk(this.deps, nodeName, signal), signal) };
      }
      case "planRebalance":
        return {
          $case: "planRebalance",
          value: await inTurn(this.assessments, () => planRebalance(this.deps, question.value, signal), signal),
        };
    }
  }

  private async explain(question: AnswerResponse_ExplainQuestion, signal: AbortSignal): Promise<Placement> {
    // Its creation, or its last change, may be on its way here still.
    await this.deps.pods.reached(question.resourceVersion, signal);
    return await inTurn(this.explanations, () => this.explainNow(question, signal), signal);
  }

  private async explainNow({ podUid, pod: name }: AnswerResponse_ExplainQuestion, signal: AbortSignal): Promise<Placement> {
    const { pods, profiles, cluster, clock } = this.deps;
    const key: ObjectKey = parseKey(name);
    const pod = pods.get(key);
    if (pod === undefined || pod.metadata.uid !== podUid) throw notFound({ group: "", kind: podKind.plural, name: key.name });
    const schedulerName = schedulerNameOf(pod);
    const profile = profiles.get(schedulerName);
    if (profile === undefined) throw badRequest(`the pod is to be placed by "${schedulerName}", which is another scheduler`);
    if (pod.spec.nodeName) throw unavailable("the pod has just been placed: its record follows");
    return await livePlacement({ pod: podInfo(pod), profile, cluster, clock }, signal);
  }
}

async function inTurn<T>(slots: Slots, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  await slots.take(signal);
  try {
    return await work();
  } finally {
    slots.release();
  }
}
