import { apiVersionOf } from "../../api/codec/json.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { timeFromMs } from "../../api/values/time.js";
import { ObjectReference } from "../../gen/howbernetes/core/v1/reference.js";
import { Placement, type RankedNode as RankedNodeMessage } from "../../gen/howbernetes/placement/v1/placement_record.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { Attempt, RankedNode } from "../cycle/attempt.js";
import type { Suggestion } from "./suggestions.js";
import { suggestionOf } from "./told-change.js";
import type { VerdictList } from "./verdicts.js";

/** A decision, as it is told: the parts of it that take no asking again. */
export interface Decision {
  readonly attempt: Attempt;
  /** How often a node has been looked for, this time included. */
  readonly attempts: number;
  /** As in the pod's condition, where there is no node. */
  readonly message: string;
  /** By the wall clock. */
  readonly atMs: number;
}

/** What is found out about it besides. */
export interface Findings {
  readonly verdicts: VerdictList;
  readonly suggestions: readonly Suggestion[];
}

/** A decision as users read it. */
export function placementOf({ attempt, attempts, message, atMs }: Decision, { verdicts, suggestions }: Findings): Placement {
  const { profile, nodeName, nodeCount, feasibleCount, ranking, rescue, durationMs } = attempt;
  const room = rescue?.kind === "found" ? rescue : undefined;
  return Placement.fromPartial({
    time: timeFromMs(atMs),
    schedulerName: profile.schedulerName,
    attempts,
    durationMicroseconds: Math.round(durationMs * 1000),
    nodeName: nodeName ?? "",
    nodeCount,
    feasibleCount,
    message,
    ranking: ranking.map(rankedNode),
    ...verdicts,
    suggestions: suggestions.map(suggestionOf),
    nominatedNodeName: room?.nodeName ?? "",
    victims: room?.victims.map(podReference) ?? [],
  });
}

/** A pod, as others are pointed to it. */
export function podReference({ pod: { metadata } }: PodInfo): ObjectReference {
  const { namespace, name, uid } = metadata;
  return ObjectReference.fromPartial({ apiVersion: apiVersionOf(podKind), kind: podKind.kind, namespace, name, uid });
}

const hundredths = (score: number): number => Math.round(score * 100);

const rankedNode = ({ nodeName, score, parts }: RankedNode): RankedNodeMessage => ({
  nodeName,
  scoreHundredths: hundredths(score),
  parts: parts.map((part) => ({ plugin: part.plugin, scoreHundredths: hundredths(part.score), weight: part.weight })),
});
