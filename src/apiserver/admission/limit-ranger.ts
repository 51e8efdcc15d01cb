import { forbidden } from "../../api/errors.js";
import { limitRangeKind } from "../../api/kinds/limitrange/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type { LimitRange } from "../../gen/howbernetes/core/v1/limit_range.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { subjectOf } from "../objects/subject.js";
import { setDefaultLimits } from "./limit-defaults.js";
import { limitProblems } from "./limit-problems.js";
import type { AdmissionDeps, AdmissionPlugin, Creation } from "./plugin.js";

/** Gives new pods the requests and limits that their namespace's LimitRanges have for those that say none, and holds pods to them. */
export const limitRanger: AdmissionPlugin = {
  name: "LimitRanger",
  reads: [limitRangeKind],

  async completeCreate(creation, deps) {
    if (creation.kind.typeName !== podKind.typeName) return;
    for (const range of await rangesFor(creation, deps)) setDefaultLimits(podOf(creation), range.spec.limits);
  },

  async judgeCreate(creation, deps) {
    if (creation.kind.typeName !== podKind.typeName) return;
    for (const range of await rangesFor(creation, deps)) {
      const problems = limitProblems(podOf(creation).spec, range.spec.limits);
      if (problems.length === 0) continue;
      const detail = problems.length === 1 ? (problems[0] ?? "") : `[${problems.join(", ")}]`;
      throw forbidden(subjectOf(creation.kind, creation.draft.metadata.name), detail);
    }
  },
};

/** By name. */
async function rangesFor({ namespace, isRetry, signal }: Creation, { objects }: AdmissionDeps): Promise<readonly Whole<LimitRange>[]> {
  const found = await objects.list(limitRangeKind, namespace, { kind: isRetry ? "latest" : "any" }, signal);
  return found.map(({ object }) => object);
}

const podOf = ({ draft }: Creation): Whole<Pod> => draft as unknown as Whole<Pod>;
