import type { ApiObject, Whole } from "../../../api/object.js";
import { QuantitySum } from "../../../api/values/quantity.js";
import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import type { Finding, Suggestion } from "../finding.js";
import { problem } from "../findings.js";
import { counted, type ObjectCase } from "../object-case.js";
import { toldBy } from "../pods/told.js";
import { coreRef, suggest, suggestLook, suggestMerge, targetWords } from "../suggestions.js";
import { limitFinding } from "./limit-range.js";
import type { WantedPods } from "./wanted-pods.js";

/** Why pods are missing that a controller wants, by what it last tried; nothing when it told of no failure. */
export function missingPodFindings<T extends ApiObject>(it: ObjectCase<T>, missing: WantedPods): Finding[] {
  if (missing.count <= 0) return [];
  const failed = it.events.findLast(({ reason }) => reason === "FailedCreate" || reason === "ReplicaSetCreateError");
  if (failed === undefined) return [];
  return [quotaFinding(it, missing, failed) ?? limitFinding(it, missing, failed) ?? refusalFinding(it, missing, failed)];
}

/** `a=1,b=2Gi`, as quotas' refusals have it. */
function amountsIn(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(",").map((pair): [string, string] => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

function quotaFinding<T extends ApiObject>(it: ObjectCase<T>, { count }: WantedPods, event: Whole<Event>): Finding | undefined {
  const pattern = /exceeded quota: (\S+), requested: (\S+), used: (\S+), limited: (\S+)/;
  const [, name = "", requested = "", used = "", limited = ""] = pattern.exec(event.message ?? "") ?? [];
  if (name === "") return undefined;
  const quota = coreRef("ResourceQuota", it.ref.namespace, name);
  const stored = it.allowances.quotas.find(({ metadata }) => metadata.name === name);
  const hard: Record<string, string> = {};
  for (const [resource, each] of amountsIn(requested)) {
    const sum = new QuantitySum();
    sum.add(stored?.status.used[resource] ?? { string: amountsIn(used).get(resource) ?? "0" });
    for (let made = 0; made < count; made += 1) sum.add({ string: each });
    hard[resource] = sum.quantity.string ?? "0";
  }
  const raised = Object.entries(hard).map(([resource, value]) => `${resource} to ${value}`);
  const usage = Object.entries(stored?.spec.hard ?? {}).map(([resource, value]) => {
    return `${resource}: ${stored?.status.used[resource]?.string ?? "0"} of ${value.string ?? "0"} used`;
  });
  return problem(it.ref, {
    code: "QuotaExceeded",
    headline: `${counted(count, "pod")} missing: quota ${name} has no room (a pod asks for ${requested}; ${used} of ${limited} used)`,
    evidence: [...usage, toldBy(event, it.nowMs)],
    waitsFor: `room in quota ${name}`,
    suggestions: [suggestMerge(`raise quota ${name}: ${raised.join(", ")}`, quota, { spec: { hard } }), ...scaleDown(it, count)],
  });
}

/** To be content with the pods that there are. */
function scaleDown<T extends ApiObject>({ ref, subject, object }: ObjectCase<T>, missing: number): Suggestion[] {
  const { scale } = subject.kind;
  if (scale === undefined) return [];
  const replicas = scale.read(object as Whole<ApiObject>) - missing;
  return replicas < 1
    ? []
    : [
        suggest(`be content with ${counted(replicas, "pod")}`, {
          kind: "command",
          command: ["scale", ...targetWords(ref), `--replicas=${replicas}`],
        }),
      ];
}

/** Whatever else the api-server has against the pods. */
function refusalFinding<T extends ApiObject>(it: ObjectCase<T>, { count }: WantedPods, event: Whole<Event>): Finding {
  const { message = "" } = event;
  const missing = `${counted(count, "pod")} missing`;
  const told = { evidence: [toldBy(event, it.nowMs)] };
  const account = /serviceaccounts? "([^"]+)" not found/i.exec(message)?.[1];
  if (account !== undefined) {
    const object = coreRef("ServiceAccount", it.ref.namespace, account);
    const command = ["create", "serviceaccount", account, "-n", it.ref.namespace];
    const suggestions = [suggest(`create service account ${account}`, { kind: "command", command })];
    return problem(it.ref, {
      ...told,
      code: "ServiceAccountMissing",
      headline: `${missing}: there is no service account ${object.name}`,
      suggestions,
    });
  }
  const unsaid = /failed quota: (\S+): must specify (.*)/.exec(message);
  if (unsaid !== null) {
    const [, quota = "", what = ""] = unsaid;
    const words = ["set", "resources", ...targetWords(it.ref)];
    const suggestions = [
      suggestLook(
        "say what its containers need and may have",
        ...words,
        "--requests=cpu=100m,memory=128Mi",
        "--limits=cpu=200m,memory=256Mi",
      ),
    ];
    return problem(it.ref, {
      ...told,
      code: "QuotaWantsMore",
      headline: `${missing}: quota ${quota} wants pods to say ${what}`,
      suggestions,
    });
  }
  const words = message.replace(/^Error creating:?\s*/, "");
  return problem(it.ref, {
    ...told,
    code: "PodsRefused",
    headline: `${missing}: the api-server refuses them: ${words}`,
    waitsFor: "the controller to try again",
  });
}
