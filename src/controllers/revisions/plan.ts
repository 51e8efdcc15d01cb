import type { Whole } from "../../api/object.js";
import type { ControllerRevision } from "../../gen/howbernetes/apps/v1/controller_revision.js";
import type { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { isOfTemplate } from "./revision-data.js";

/** What to do so that the newest revision is the present template's. */
export type RevisionPlan =
  /** The template is new: keep it under this number. */
  | { readonly kind: "create"; readonly revision: number }
  /** The template is one from earlier: its revision becomes the newest. */
  | { readonly kind: "renumber"; readonly current: Whole<ControllerRevision>; readonly revision: number }
  /** It is the newest already. */
  | { readonly kind: "keep"; readonly current: Whole<ControllerRevision> };

/** Looks for the present template among the revisions kept. An undo is nothing else than to find it among the older ones. */
export function planRevision(template: PodTemplateSpec | undefined, revisions: readonly Whole<ControllerRevision>[]): RevisionPlan {
  const equal = revisions.filter((each) => isOfTemplate(each, template));
  const next = Math.max(0, ...revisions.filter((each) => !equal.includes(each)).map(numberOf)) + 1;
  const current = byNumber(equal).at(-1);
  if (current === undefined) return { kind: "create", revision: next };
  return numberOf(current) >= next ? { kind: "keep", current } : { kind: "renumber", current, revision: next };
}

/** Which revisions are there, and which are needed. */
export interface Kept {
  readonly revisions: readonly Whole<ControllerRevision>[];
  /** The present template's. */
  readonly current: Whole<ControllerRevision>;
  /** Whether something else than history needs a revision: pods that are made from it. */
  readonly isLive: (revision: Whole<ControllerRevision>) => boolean;
  /** How many may be kept that nothing needs. */
  readonly limit: number;
}

/** The revisions that are no longer kept: the oldest beyond the limit, and those that keep what another one keeps too. */
export function planTruncation(
  { revisions, current, isLive, limit }: Kept,
  template: PodTemplateSpec | undefined,
): readonly Whole<ControllerRevision>[] {
  const needless = byNumber(revisions).filter((each) => each.metadata.uid !== current.metadata.uid && !isLive(each));
  const doubles = needless.filter((each) => isOfTemplate(each, template));
  const history = needless.filter((each) => !doubles.includes(each));
  return [...doubles, ...history.slice(0, Math.max(0, history.length - limit))];
}

/** Oldest first; of the same number, as never should be, in the order of their names. */
export function byNumber(revisions: readonly Whole<ControllerRevision>[]): readonly Whole<ControllerRevision>[] {
  return [...revisions].sort((a, b) => numberOf(a) - numberOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
}

function numberOf({ revision }: Whole<ControllerRevision>): number {
  return revision ?? 0;
}
