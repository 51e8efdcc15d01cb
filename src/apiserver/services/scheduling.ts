import { badRequest, forbidden, isApiError, isNotFound, notFound, unavailable } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { placementRecordKind } from "../../api/kinds/placementrecord/kind.js";
import { placementRecordName } from "../../api/kinds/placementrecord/record-name.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { formatKey, type ObjectKey, type Whole } from "../../api/object.js";
import { mostMoves } from "../../api/scheduling/most-moves.js";
import { timeToMs } from "../../api/values/time.js";
import type {
  AnswerRequest,
  AnswerResponse,
  AssessRiskRequest,
  AssessRiskResponse,
  ExplainPlacementRequest,
  ExplainPlacementResponse,
  PlanRebalanceRequest,
  PlanRebalanceResponse,
  SchedulingService,
} from "../../gen/howbernetes/api/v1/scheduling.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PlacementRecord } from "../../gen/howbernetes/placement/v1/placement_record.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import { authorize, authorizeAbsent } from "../auth/authorize.js";
import { groups } from "../auth/identity.js";
import { untilAborted } from "../nodes/until-aborted.js";
import type { ObjectStore } from "../object-store.js";
import type { SchedulerAnswer, SchedulerBroker } from "../scheduling/scheduler-broker.js";

export interface SchedulingServiceDeps {
  readonly objects: Pick<ObjectStore, "get" | "list">;
  readonly broker: SchedulerBroker;
}

/** What is asked of the scheduler: answered from its records, or by the one that leads. */
export function createSchedulingService(deps: SchedulingServiceDeps): Handlers<SchedulingService> {
  return {
    explainPlacement: (request, call) => explainPlacement(deps, request, call),
    assessRisk: (request, call) => assessRisk(deps, request, call),
    planRebalance: (request, call) => planRebalance(deps, request, call),
    answer: (requests, call) => answer(deps, requests, call),
  };
}

async function explainPlacement(
  deps: SchedulingServiceDeps,
  { namespace, name }: ExplainPlacementRequest,
  call: CallContext,
): Promise<ExplainPlacementResponse> {
  if (namespace === "" || name === "") throw badRequest("a pod is named by its namespace and its name");
  const key = { namespace, name };
  // It tells of all nodes and of pods on them: who may see a pod of their own, as a node may, does not see that by it.
  authorize(call.caller, { verb: "get", kind: placementRecordKind, namespace, name: "", subresource: "" });
  const pod = await podOf(deps, key, call);
  const record = await recordOf(deps, key, pod, call.signal);
  if (pod === undefined) {
    if (record === undefined) throw notFound({ group: "", kind: podKind.plural, name });
    return { record, live: undefined, liveProblem: "" };
  }
  if (!waitsForNode(pod)) return { record, live: undefined, liveProblem: "" };
  try {
    const { uid: podUid, resourceVersion } = pod.metadata;
    const value = { podUid, pod: formatKey(key), resourceVersion };
    const live = await ask(deps, { $case: "explain", value }, call.signal);
    return { record, live, liveProblem: "" };
  } catch (error: unknown) {
    // What was recorded is worth telling too.
    if (record === undefined || call.signal.aborted || !isApiError(error)) throw error;
    return { record, live: undefined, liveProblem: error.message };
  }
}

/** @returns undefined when there is none, and the caller may know so */
async function podOf({ objects }: SchedulingServiceDeps, key: ObjectKey, call: CallContext): Promise<Whole<Pod> | undefined> {
  const action = { verb: "get", kind: podKind, ...key, subresource: "" } as const;
  try {
    const { object } = await objects.get(podKind, key, { kind: "latest" }, call.signal);
    authorize(call.caller, { ...action, object });
    return object;
  } catch (error: unknown) {
    if (!isNotFound(error)) throw error;
    authorizeAbsent(call.caller, action);
    return undefined;
  }
}

/** The record of a pod; of one that is gone that of the last that had its name. */
async function recordOf(
  { objects }: SchedulingServiceDeps,
  { namespace, name }: ObjectKey,
  pod: Whole<Pod> | undefined,
  signal: AbortSignal,
): Promise<PlacementRecord | undefined> {
  if (pod !== undefined) {
    const found = await objects
      .get(placementRecordKind, { namespace, name: placementRecordName(pod.metadata) }, { kind: "latest" }, signal)
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    return found?.object;
  }
  const listed = await objects.list(placementRecordKind, namespace, { kind: "latest" }, signal);
  const timeOf = ({ placement }: PlacementRecord): number => timeToMs(placement?.time) ?? 0;
  return listed
    .map(({ object }) => object)
    .filter((record) => record.pod?.name === name)
    .sort((a, b) => timeOf(b) - timeOf(a))[0];
}

const waitsForNode = ({ metadata, spec, status }: Whole<Pod>): boolean =>
  !spec.nodeName && metadata.deletionTimestamp === undefined && status.phase !== "Succeeded" && status.phase !== "Failed";

async function assessRisk(deps: SchedulingServiceDeps, request: AssessRiskRequest, call: CallContext): Promise<AssessRiskResponse> {
  authorizeLists(call);
  const { nodeName: name } = request;
  if (name !== "") await deps.objects.get(nodeKind, { namespace: "", name }, { kind: "latest" }, call.signal);
  return await ask(deps, { $case: "assessRisk", value: request }, call.signal);
}

async function planRebalance(
  deps: SchedulingServiceDeps,
  request: PlanRebalanceRequest,
  call: CallContext,
): Promise<PlanRebalanceResponse> {
  authorizeLists(call);
  const { thresholdPercent, maxMoves } = request;
  if (thresholdPercent < 0 || thresholdPercent > 100) throw badRequest(`thresholdPercent: ${thresholdPercent} is not between 0 and 100`);
  if (maxMoves < 0 || maxMoves > mostMoves) throw badRequest(`maxMoves: ${maxMoves} is not between 0 and ${mostMoves}`);
  return await ask(deps, { $case: "planRebalance", value: request }, call.signal);
}

/** Both tell of all pods and nodes. */
function authorizeLists({ caller }: CallContext): void {
  for (const kind of [podKind, nodeKind]) authorize(caller, { verb: "list", kind, namespace: "", name: "", subresource: "" });
}

type AnswerOf<Case extends SchedulerAnswer["$case"]> = Extract<SchedulerAnswer, { $case: Case }>["value"];

async function ask<Case extends SchedulerAnswer["$case"]>(
  { broker }: SchedulingServiceDeps,
  question: Extract<Parameters<SchedulerBroker["ask"]>[0], { $case: Case }>,
  signal: AbortSignal,
): Promise<AnswerOf<Case>> {
  const answered = await broker.ask(question, signal);
  if (answered.$case !== question.$case) throw unavailable("the scheduler answered another question");
  return answered.value as AnswerOf<Case>;
}

async function* answer(
  { broker }: SchedulingServiceDeps,
  requests: AsyncIterable<AnswerRequest>,
  call: CallContext,
): AsyncGenerator<AnswerResponse> {
  const isComponent = call.caller.groups.some((group) => group === groups.components || group === groups.masters);
  if (!isComponent) throw forbidden({ group: "", kind: "schedulers", name: "" }, "only a scheduler answers what it is asked");
  const incoming = untilAborted(requests, call.signal);
  const first = await incoming.next();
  if (first.done === true) return;
  if (first.value.message?.$case !== "hello") throw badRequest("the first request must be a hello");
  yield* broker.answer(first.value.message.value.term, incoming, call.signal);
}
