import { isApiError } from "../../../api/errors.js";
import { podKind } from "../../../api/kinds/pod/kind.js";
import type { Whole } from "../../../api/object.js";
import { SchedulingService } from "../../../gen/howbernetes/api/v1/scheduling.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type {
  Change as RecordedChange,
  Placement as RecordedPlacement,
  Suggestion as RecordedSuggestion,
  ScorePart,
} from "../../../gen/howbernetes/placement/v1/placement_record.js";
import type { KindObject } from "../../printers/object-format.js";
import type { Placement } from "../facts.js";
import type { Change, NodeVerdict, ObjectRef, Suggestion } from "../finding.js";
import { podChanges, templateOf } from "../pod-template.js";
import { coreRef, suggest } from "../suggestions.js";
import type { PodChange } from "../template-patch.js";
import type { ReadDeps } from "./readings.js";

/** The api-server answers at once or not at all; a scheduler that thinks longer than this is not waited for. */
const patienceMs = 10_000;

/** Asks the scheduler about a pod. @returns in a text why it does not say */
export async function readPlacement(pod: Whole<Pod>, controllers: readonly KindObject[], deps: ReadDeps): Promise<Placement | string> {
  const { namespace, name } = pod.metadata;
  try {
    const scheduling = deps.client.raw(SchedulingService, "watch");
    const answer = await scheduling.explainPlacement({ namespace, name }, { signal: deps.signal, timeoutMs: patienceMs });
    const placement = answer.live ?? answer.record?.placement;
    if (placement === undefined) return answer.liveProblem === "" ? "no decision about it was recorded" : answer.liveProblem;
    return { ...placementOf(placement, pod, controllers), makingRoom: leavingFor(pod, answer.record?.placement) };
  } catch (error: unknown) {
    if (!isApiError(error)) throw error;
    return error.message;
  }
}

/** Who leaves the node that a pod was promised: that was decided then, and is not worked out anew. */
function leavingFor({ status }: Whole<Pod>, decided: RecordedPlacement | undefined): readonly ObjectRef[] {
  if (decided?.nominatedNodeName !== status.nominatedNodeName) return [];
  return decided?.victims.map(({ namespace = "", name = "" }) => coreRef(podKind.kind, namespace, name)) ?? [];
}

type Told = Omit<Placement, "makingRoom">;

function placementOf(placement: RecordedPlacement, pod: Whole<Pod>, controllers: readonly KindObject[]): Told {
  const { nodeName = "", feasibleCount = 0, message = "" } = placement;
  return {
    nodes: nodesOf(placement),
    suggestions: placement.suggestions.map((suggestion) => suggestionOf(suggestion, pod, controllers)),
    choice: choiceOf(placement),
    fits: nodeName !== "" || feasibleCount > 0 ? message : "",
  };
}

function nodesOf({ ranking, verdicts, nodeName }: RecordedPlacement): NodeVerdict[] {
  const ranked = ranking.map(({ nodeName: node = "", scoreHundredths = 0, parts }) => {
    return {
      node,
      verdict: node === nodeName ? "chosen" : "fits",
      detail: `score ${hundredths(scoreHundredths)}: ${parts.map(partText).join(", ")}`,
    };
  });
  const refused = verdicts.map(({ nodeName: node = "", obstacles }) => ({
    node,
    verdict: [...new Set(obstacles.map(({ reason = "" }) => reason))].join(", "),
    detail: obstacles.map(({ detail = "" }) => detail).join("; "),
  }));
  // Where only one would do nothing had to be compared.
  const isOnly = nodeName !== undefined && nodeName !== "" && ranking.length === 0;
  const only = isOnly ? [{ node: nodeName, verdict: "chosen", detail: "nothing had to be compared" }] : [];
  return [...only, ...ranked, ...refused];
}

function partText({ plugin = "", scoreHundredths = 0, weight = 1 }: ScorePart): string {
  return `${plugin} ${hundredths(scoreHundredths)}${weight === 1 ? "" : ` × ${weight}`}`;
}

function choiceOf({ nodeName = "", nodeCount = 0, feasibleCount = 0, durationMicroseconds = 0 }: RecordedPlacement): string {
  return nodeName === ""
    ? ""
    : `${feasibleCount} of ${nodeCount} nodes would do, decided in ${(durationMicroseconds / 1_000).toFixed(1)} ms`;
}

const hundredths = (value: number): string => String(Math.round(value) / 100);

/** The scheduler speaks of the pod; it is what the pod was made from that has to change, once for all. */
function suggestionOf({ text = "", changes }: RecordedSuggestion, pod: Whole<Pod>, controllers: readonly KindObject[]): Suggestion {
  const ofPod = changes.flatMap(({ kind, patch = "[]" }) => (kind === "pod" ? (JSON.parse(patch) as readonly PodChange[]) : []));
  return suggest(text, ...podChanges(templateOf(pod, controllers), ofPod, [pod]), ...changes.flatMap((change) => changeOf(change) ?? []));
}

/** Undefined for a change of the pod, and of a kind that this howbectl does not know: a newer scheduler's. */
function changeOf(change: RecordedChange): Change | undefined {
  const remove = change.remove.map(podRef);
  switch (change.kind) {
    case "free": {
      const { nodeName: node = "", resource = "", amount = 0 } = change;
      return { kind: "free", node, resource, amount, remove };
    }
    case "pods":
      // Of pods that would have to come the text says which.
      return remove.length === 0 ? undefined : { kind: "delete", objects: remove };
    case "node":
      return { kind: "command", command: change.command };
    default:
      return undefined;
  }
}

function podRef(text: string): ObjectRef {
  const [namespace = "", name = ""] = text.split("/");
  return coreRef(podKind.kind, namespace, name);
}
