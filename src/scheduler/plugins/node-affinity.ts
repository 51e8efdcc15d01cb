import { isDeepStrictEqual } from "node:util";
import type { Whole } from "../../api/object.js";
import {
  compileAdmission,
  compileNodeSelector,
  compilePreference,
  type NodeTest,
  nodeNameField,
} from "../../api/scheduling/node-selection.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { NodeAffinity } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { FilterPlugin, PodFilter, PodScore, ScorePlugin } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";
import { addedAffinityObstacles, affinityObstacles } from "./node-affinity-obstacles.js";
import { normalizeScores } from "./normalize-scores.js";

const name = "NodeAffinity";
const podReason = "node(s) didn't match Pod's node affinity/selector";
const addedReason = "node(s) didn't match scheduler-enforced node affinity";
const conflictReason = "pod affinity terms conflict";
const refusedByPod = lastingRefusal(name, podReason);
const refusedByScheduler = lastingRefusal(name, addedReason);
const conflicting = lastingRefusal(name, conflictReason);

/** How NodeAffinity is to work. */
export interface NodeAffinityArgs {
  /** What holds for every pod of the profile besides its own affinity. */
  readonly addedAffinity?: NodeAffinity | undefined;
}

/** Keeps pods to the nodes that their nodeSelector and required node affinity choose, and prefers those that they would like. */
export function createNodeAffinity({ addedAffinity }: NodeAffinityArgs = {}): FilterPlugin & ScorePlugin {
  const required = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const isAdded = required === undefined ? undefined : compileNodeSelector(required);
  const addedPreference = compilePreference(addedAffinity);
  const admits = ({ spec }: PodInfo["pod"], node: Whole<Node>): boolean =>
    (isAdded?.(node) ?? true) && (compileAdmission(spec)?.(node) ?? true);
  return {
    name,
    scope: "node",
    prepareFilter: (pod) => prepareFilter(pod, isAdded, addedAffinity),
    prepareScore: ({ pod: { spec } }) => prepareScore(compilePreference(spec.affinity?.nodeAffinity), addedPreference),
    wakes: {
      nodeAdded: ({ node }, { pod }) => admits(pod, node),
      nodeUpdated: ({ node, previous }, { pod }) =>
        !isDeepStrictEqual(node.metadata.labels, previous.metadata.labels) && admits(pod, node) && !admits(pod, previous),
    },
  };
}

function prepareFilter({ pod }: PodInfo, isAdded: NodeTest | undefined, addedAffinity: NodeAffinity | undefined): PodFilter | undefined {
  const { spec } = pod;
  const admits = compileAdmission(spec);
  if (admits === undefined && isAdded === undefined) return undefined;
  const onlyNodes = namedNodes(spec);
  const refusedByTerms = onlyNodes?.size === 0 ? conflicting : refusedByPod;
  return {
    // With none at all each node is refused in the words for that.
    onlyNodes: onlyNodes?.size === 0 ? undefined : onlyNodes,
    check: ({ node }) => {
      if (isAdded?.(node) === false) return refusedByScheduler;
      return admits?.(node) === false ? refusedByTerms : undefined;
    },
    explain: ({ node }) => {
      const question = { plugin: name, pod, added: addedAffinity, node };
      return [...addedAffinityObstacles(question, addedReason), ...affinityObstacles(question, refusedByTerms.reasons.join())];
    },
  };
}

/** The nodes that the required terms name, if each term does: as those of a DaemonSet's pods, which name one. */
function namedNodes({ affinity }: PodSpec): ReadonlySet<string> | undefined {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const { matchFields } of terms) {
    const lists = matchFields.filter(({ key, operator }) => key === nodeNameField && operator === "In").map(({ values }) => values);
    const [first, ...others] = lists;
    if (first === undefined) return undefined;
    for (const value of first) if (others.every((list) => list.includes(value))) names.add(value);
  }
  return names;
}

type Preference = ReturnType<typeof compilePreference>;

function prepareScore(own: Preference, added: Preference): PodScore | undefined {
  if (own === undefined && added === undefined) return undefined;
  return { score: ({ node }) => (own?.(node) ?? 0) + (added?.(node) ?? 0), normalize: normalizeScores };
}
