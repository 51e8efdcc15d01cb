import type { Clock } from "../../base/clock.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { Profile } from "../framework/plugin.js";
import { PreparedFilters } from "./node-obstacles.js";
import type { SmallestChanges } from "./smallest-change.js";
import { type Suggestion, tryOut } from "./suggestions.js";
import { TimeSlice } from "./time-slice.js";

/** A pod, and where it is to be looked at again. */
export interface Look {
  readonly pod: PodInfo;
  readonly profile: Pick<Profile, "filters">;
  readonly cluster: ClusterView;
  readonly clock: Pick<Clock, "monotonicMs">;
}

/**
 * Shows nodes one after the other to `see`, in stretches of a few milliseconds, each on the cluster as it then is, without
 * the pod itself if it is placed. Nodes that have gone are left out.
 */
export async function lookAtNodes(
  look: Look,
  names: readonly string[],
  see: (node: NodeInfo, filters: PreparedFilters) => void,
  signal: AbortSignal,
): Promise<void> {
  const { pod, profile, cluster, clock } = look;
  const slice = new TimeSlice(clock);
  for (let at = 0; at < names.length; ) {
    cluster.tentatively((change) => {
      change.remove(pod.uid);
      const filters = new PreparedFilters(pod, profile, cluster);
      do {
        const node = cluster.node(names[at] ?? "");
        if (node !== undefined) see(node, filters);
        at++;
      } while (at < names.length && !slice.isOver);
    });
    if (slice.isOver) await slice.next(signal);
  }
}

// Somebody reads these, and acts on one of them.
const maxSuggestions = 3;
// Should the filters' remedies be wrong that often, there is nothing to be suggested.
const maxTrials = 64;

/** Of the smallest changes, one of each sort that has been seen to help; none that takes more changes than another. */
export async function suggestionsFor(look: Look, found: SmallestChanges, signal: AbortSignal): Promise<readonly Suggestion[]> {
  const slice = new TimeSlice(look.clock);
  const suggestions: Suggestion[] = [];
  const told = new Set<string>();
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of found.ranked().slice(0, maxTrials)) {
    const [changes] = candidate.cost;
    if (suggestions.length === maxSuggestions || changes > fewest) break;
    if (told.has(candidate.sort)) continue;
    const suggestion = tryOut(candidate, look);
    if (suggestion !== undefined) {
      suggestions.push(suggestion);
      told.add(candidate.sort);
      fewest = changes;
    }
    if (slice.isOver) await slice.next(signal);
  }
  return suggestions;
}
