import type { ApiObject, Whole } from "../../../api/object.js";
import { compareQuantities } from "../../../api/values/quantity.js";
import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import type { Finding, Suggestion } from "../finding.js";
import { problem } from "../findings.js";
import { counted, type ObjectCase } from "../object-case.js";
import { suggestPodChange, templateOfController } from "../pod-template.js";
import { toldBy } from "../pods/told.js";
import { coreRef, suggest } from "../suggestions.js";
import type { PodChange } from "../template-patch.js";
import type { WantedPods } from "./wanted-pods.js";

/** A bound that a pod does not keep to, as the api-server's refusal has it. */
interface Breach {
  readonly side: "maximum" | "minimum";
  readonly resource: string;
  readonly type: string;
  readonly bound: string;
  /** As "limit is 200m", or that none is specified. */
  readonly said: string;
}

const pattern = /(maximum|minimum) (\S+) usage per (Container|Pod) is ([^\s,]+?)(?:\. {2}(No \w+ is specified)|, but (\w+ is [^\s,\]]+))/g;

/** Why a LimitRange keeps pods from being made; undefined when it does not. */
export function limitFinding<T extends ApiObject>(it: ObjectCase<T>, missing: WantedPods, event: Whole<Event>): Finding | undefined {
  const breaches = [...(event.message ?? "").matchAll(pattern)].map(
    ([, side, resource = "", type = "", bound = "", none, said]): Breach => {
      return { side: side === "maximum" ? "maximum" : "minimum", resource, type, bound, said: said ?? none ?? "" };
    },
  );
  if (breaches.length === 0) return undefined;
  const texts = breaches.map(({ side, resource, type, bound, said }) => `${side} ${resource} per ${type} is ${bound}, ${said}`);
  return problem(it.ref, {
    code: "LimitRange",
    headline: `${counted(missing.count, "pod")} missing: a LimitRange does not allow them: ${texts.join("; ")}`,
    evidence: [toldBy(event, it.nowMs)],
    waitsFor: "a template that keeps to the LimitRange, or a wider one",
    suggestions: [...keepTo(it, missing, breaches), ...breaches.flatMap((breach) => widen(it, breach))],
  });
}

/** The template as the bounds want it; a pod's bound could be kept to in many ways. */
function keepTo<T extends ApiObject>(it: ObjectCase<T>, { template }: WantedPods, breaches: readonly Breach[]): Suggestion[] {
  const perContainer = breaches.filter(({ type }) => type === "Container");
  const changes = (template?.spec?.containers ?? []).flatMap((container, index) => resourcesChange(container, index, perContainer));
  if (perContainer.length < breaches.length || changes.length === 0) return [];
  const owner =
    it.related.find(({ object }) => it.object.metadata.ownerReferences.some(({ uid }) => uid === object.metadata.uid)) ?? it.subject;
  const bounds = perContainer.map(({ side, resource, bound }) => `${resource} ${side === "maximum" ? "at most" : "at least"} ${bound}`);
  return [suggestPodChange(`have each container ask for ${bounds.join(", ")}`, templateOfController(owner), changes, [])];
}

function resourcesChange({ resources }: Container, index: number, breaches: readonly Breach[]): PodChange[] {
  const plain = (amounts: Readonly<Record<string, { readonly string?: string | undefined }>>): Record<string, string> =>
    Object.fromEntries(Object.entries(amounts).map(([name, { string = "0" }]) => [name, string]));
  const requests = plain(resources?.requests ?? {});
  const limits = plain(resources?.limits ?? {});
  let changed = false;
  for (const { side, resource, bound } of breaches) {
    const sign = side === "maximum" ? 1 : -1;
    const isBeyond = (amount: string | undefined): boolean => sign * compareQuantities({ string: amount }, { string: bound }) > 0;
    const bounded = side === "maximum" ? limits : requests;
    if (bounded[resource] === undefined || isBeyond(bounded[resource])) {
      bounded[resource] = bound;
      changed = true;
    }
    const opposite = side === "maximum" ? requests : limits;
    if (opposite[resource] !== undefined && isBeyond(opposite[resource])) opposite[resource] = bound;
  }
  return changed
    ? [
        {
          op: "add",
          path: `/spec/containers/${index}/resources`,
          value: { ...(Object.keys(limits).length > 0 ? { limits } : {}), ...(Object.keys(requests).length > 0 ? { requests } : {}) },
        },
      ]
    : [];
}

/** The LimitRange that says so, changed to allow what the template says. */
function widen<T extends ApiObject>({ allowances, ref }: ObjectCase<T>, { side, resource, type, bound, said }: Breach): Suggestion[] {
  const field = side === "maximum" ? "max" : "min";
  const wanted = / is (\S+)$/.exec(said)?.[1];
  if (wanted === undefined) return [];
  return allowances.ranges.flatMap((range) =>
    range.spec.limits.flatMap((item, index) => {
      if (item.type !== type || item[field][resource]?.string !== bound) return [];
      const object = coreRef("LimitRange", ref.namespace, range.metadata.name);
      const patch = [{ op: "replace", path: `/spec/limits/${index}/${field}/${resource}`, value: wanted }];
      const text = `let LimitRange ${range.metadata.name} allow ${resource} of ${wanted}`;
      return [suggest(text, { kind: "patch", object, type: "json", patch, recreate: false, replace: [] })];
    }),
  );
}
