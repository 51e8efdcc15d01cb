import type { PodInfo } from "../cluster/pod-info.js";
import type { Profile, RescueOutcome } from "../framework/plugin.js";
import type { Refusal } from "../framework/refusal.js";

/** One attempt to find a pod a node, and all that was found out by it. */
export interface Attempt {
  readonly pod: PodInfo;
  readonly profile: Profile;
  /** How many nodes there were. */
  readonly nodeCount: number;
  /** Why nodes will not do, by name: of a pod that was placed only of those that were looked at before enough would do. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  /** For how many nodes there is room in `refusals`, whether they were refused or not: what it takes of memory. */
  readonly keptNodes: number;
  /** How many nodes were refused so, by refusal: for the sentence, without going through thousands of nodes. */
  readonly tally: ReadonlyMap<Refusal, number>;
  /** How many nodes would do, of those looked at. */
  readonly feasibleCount: number;
  /** The best of them, at most `rankedNodes`, the best first. Empty where nothing had to be compared. */
  readonly ranking: readonly RankedNode[];
  /** The node chosen; undefined when none will do. */
  readonly nodeName: string | undefined;
  /** How room is made for it, or why not, if no node will do and there is a plugin that could. */
  readonly rescue: RescueOutcome | undefined;
  /** How long the decision took. */
  readonly durationMs: number;
}

/** How many of the best nodes an attempt tells of. */
export const rankedNodes = 5;

/** A node that would do, and how good it is. */
export interface RankedNode {
  readonly nodeName: string;
  readonly score: number;
  /** What each plugin thinks of it, 0 to 100, and how much that counts. */
  readonly parts: readonly { readonly plugin: string; readonly score: number; readonly weight: number }[];
}
