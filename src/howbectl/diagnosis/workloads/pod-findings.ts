import type { ApiObject } from "../../../api/object.js";
import type { Finding } from "../finding.js";
import type { ObjectCase } from "../object-case.js";
import { podState } from "../pod-state.js";
import { diagnosePod } from "../pods/diagnose-pod.js";
import { coreRef } from "../suggestions.js";

/** What is said of the pods that were examined, each thing once, with all the pods of which it could be said. */
export function podFindings<T extends ApiObject>({ examined, pods, nowMs }: ObjectCase<T>): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const facts of examined) {
    const state = podState(facts.pod);
    // One pod of each state was examined; others in that state are named beside it.
    const alike = pods.filter((pod) => pod.metadata.uid !== facts.pod.metadata.uid && podState(pod) === state);
    const alsoAbout = alike.map(({ metadata }) => coreRef("Pod", metadata.namespace, metadata.name));
    for (const finding of diagnosePod(facts, nowMs).findings) {
      // Why a pod is where it is, and that it is well, is of interest to who asks about the pod.
      if (finding.code === "Placed" || finding.code === "Ready" || finding.code === "Completed") continue;
      const key = `${finding.code} ${finding.container ?? ""} ${finding.headline}`;
      if (!found.has(key)) found.set(key, alsoAbout.length === 0 ? finding : { ...finding, alsoAbout });
    }
  }
  return [...found.values()].toSorted((a, b) => Number(b.problem) - Number(a.problem));
}
