import type { Whole } from "../../api/object.js";
import { notReadyTaint, unreachableTaint, unschedulableTaint } from "../../api/scheduling/toleration.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Taint } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { Remedy } from "../framework/refusal.js";

/** A taint in the language of `howbectl taint`: "gpu=yes:NoSchedule". */
export function taintText({ key = "", value = "", effect = "" }: Taint): string {
  return `${key}${value === "" ? "" : `=${value}`}:${effect}`;
}

/** Lets a node take pods again. */
export const uncordon = (nodeName: string): Remedy => ({
  text: `uncordon ${nodeName}`,
  change: { kind: "node", node: nodeName, command: ["uncordon", nodeName] },
});

/** Lets a pod go where a taint is. */
export function toleration(taint: Taint, { spec }: Whole<Pod>): Remedy {
  const { key = "", value = "", effect = "" } = taint;
  const tolerated = value === "" ? { key, operator: "Exists", effect } : { key, operator: "Equal", value, effect };
  const isFirst = spec.tolerations.length === 0;
  return {
    text: `tolerate the taint ${taintText(taint)}`,
    change: {
      kind: "pod",
      patch: [
        // What is empty is left out of manifests: there is nothing to append to.
        isFirst
          ? { op: "add", path: "/spec/tolerations", value: [tolerated] }
          : { op: "add", path: "/spec/tolerations/-", value: tolerated },
      ],
    },
  };
}

/** All that keeps a taint from being in a pod's way on a node, the smallest first. */
export function taintRemedies(taint: Taint, nodeName: string, pod: Whole<Pod>): readonly Remedy[] {
  const { key = "" } = taint;
  // These say that the node does not answer: a pod that went there all the same would not run.
  if (key === notReadyTaint || key === unreachableTaint) return [];
  if (key === unschedulableTaint) return [uncordon(nodeName), toleration(taint, pod)];
  // The control plane sets the others of its own anew as long as their cause lasts.
  if (key.startsWith("node.kubernetes.io/")) return [toleration(taint, pod)];
  const command = ["taint", "node", nodeName, `${taintText(taint)}-`];
  return [toleration(taint, pod), { text: command.join(" "), change: { kind: "node", node: nodeName, command } }];
}
