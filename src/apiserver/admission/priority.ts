import { forbidden } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { priorityClassKind } from "../../api/kinds/priorityclass/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PriorityClass } from "../../gen/howbernetes/scheduling/v1/priority_class.js";
import { subjectOf } from "../objects/subject.js";
import type { AdmissionDeps, AdmissionPlugin, Alteration, Creation } from "./plugin.js";
import { defaultClass, resolvePriority } from "./resolve-priority.js";

/** Gives pods the priority that their class stands for, and lets no two classes be the default. */
export const priority: AdmissionPlugin = {
  name: "Priority",
  reads: [priorityClassKind],

  async completeCreate(creation, deps) {
    if (creation.kind.typeName !== podKind.typeName) return;
    const { spec } = creation.draft as unknown as Whole<Pod>;
    const cached = resolvePriority(spec, await classes(creation, deps, creation.isRetry));
    // A class made a moment ago may not have reached the cache yet.
    const resolved = cached.outcome === "resolved" ? cached : resolvePriority(spec, await classes(creation, deps, true));
    if (resolved.outcome !== "resolved") throw forbidden(subjectOf(creation.kind, creation.draft.metadata.name), resolved.refusal);
    spec.priorityClassName = resolved.className;
    spec.priority = resolved.priority;
    spec.preemptionPolicy = resolved.preemptionPolicy;
  },

  completeUpdate({ kind, subresource, draft, previous }) {
    if (kind.typeName !== podKind.typeName || subresource !== "") return;
    const [next, before] = [draft as unknown as Whole<Pod>, previous as unknown as Whole<Pod>];
    // A manifest need not repeat what was filled in; that it may not say otherwise is the kind's own rule.
    next.spec.priority ??= before.spec.priority;
    next.spec.preemptionPolicy ??= before.spec.preemptionPolicy;
    next.spec.priorityClassName ||= before.spec.priorityClassName;
  },

  judgeCreate: (creation, deps) => refuseSecondDefault(creation, deps),
  judgeUpdate: (alteration, deps) => refuseSecondDefault(alteration, deps),
};

/** @throws ApiError Forbidden */
async function refuseSecondDefault(write: Creation | Alteration, deps: AdmissionDeps): Promise<void> {
  const { kind, draft } = write;
  if (kind.typeName !== priorityClassKind.typeName || !isDefault(draft)) return;
  const { name } = draft.metadata;
  const present = defaultClass((await classes(write, deps, true)).filter(({ metadata }) => metadata.name !== name));
  if (present === undefined) return;
  const detail = `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`;
  throw forbidden(subjectOf(kind, name), detail);
}

function isDefault(object: Whole<ApiObject>): boolean {
  return (object as unknown as Whole<PriorityClass>).globalDefault === true;
}

async function classes(
  { signal }: Pick<Creation, "signal">,
  { objects }: AdmissionDeps,
  isFresh: boolean,
): Promise<readonly Whole<PriorityClass>[]> {
  const found = await objects.list(priorityClassKind, "", { kind: isFresh ? "latest" : "any" }, signal);
  return found.map(({ object }) => object);
}
