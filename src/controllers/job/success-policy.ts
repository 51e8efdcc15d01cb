import type { SuccessPolicy } from "../../gen/howbernetes/batch/v1/job.js";
import { IndexSet } from "./index-set.js";

/** The first rule by which the indexes that have succeeded are enough, by its place; undefined when none is met. */
export function metSuccessRule(policy: SuccessPolicy | undefined, succeeded: IndexSet, completions: number): number | undefined {
  if (succeeded.size === 0) return undefined;
  const place = (policy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && succeeded.size >= succeededCount;
    const wanted = IndexSet.parse(succeededIndexes, completions);
    return wanted.size > 0 && wanted.sharedWith(succeeded) >= Math.min(wanted.size, succeededCount ?? wanted.size);
  });
  return place < 0 ? undefined : place;
}
