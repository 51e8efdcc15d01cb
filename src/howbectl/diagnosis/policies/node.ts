import { quantityNumber } from "../../../api/values/quantity.js";
import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Finding } from "../finding.js";
import { problem, remark } from "../findings.js";
import { counted, type ObjectCase, type ObjectDiagnosis } from "../object-case.js";
import { conditionText, lastTold } from "../pods/told.js";
import { suggestCommand, suggestLook } from "../suggestions.js";

const pressures: ReadonlySet<string> = new Set(["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"]);

/** Says of a node why it is as it is. */
export function diagnoseNode(it: ObjectCase<Node>): ObjectDiagnosis {
  const findings = [...readiness(it), ...pressureFindings(it), ...cordon(it), ...taintFindings(it)];
  const isReady = it.object.status.conditions.some(({ type, status }) => type === "Ready" && status === "True");
  const { unschedulable } = it.object.spec;
  const is = `${isReady ? "ready" : "not ready"}${unschedulable === true ? ", and cordoned" : ""}`;
  return { is, findings: [...findings, load(it)] };
}

function readiness({ ref, object, events, nowMs }: ObjectCase<Node>): Finding[] {
  const ready = object.status.conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return [];
  const evidence = [
    ready === undefined ? "it has no Ready condition" : conditionText(ready, nowMs),
    ...lastTold(events, nowMs, "NodeNotReady"),
  ];
  // Unknown is what the cluster says of a node of which it hears nothing; False is the node's own word.
  if (ready?.status === "False") {
    return [
      problem(ref, {
        code: "NodeNotReady",
        headline: `it says that it is not ready: ${ready.message ?? ""}`,
        evidence,
        waitsFor: "its container engine to answer",
      }),
    ];
  }
  const suggestions = [suggestLook(`see that howbelet runs on ${ref.name}, and reaches the api-server`)];
  const headline = "it has not been heard of";
  return [problem(ref, { code: "NodeUnreachable", headline, evidence, waitsFor: "its howbelet to connect again", suggestions })];
}

function pressureFindings({ ref, object, nowMs }: ObjectCase<Node>): Finding[] {
  return object.status.conditions
    .filter(({ type = "", status }) => pressures.has(type) && status === "True")
    .map((condition) => {
      const evidence = [conditionText(condition, nowMs)];
      const headline = `it has ${condition.type ?? ""}: it evicts pods, and takes no new ones that can be evicted`;
      return problem(ref, {
        code: condition.type ?? "",
        headline,
        evidence,
        suggestions: [suggestLook("see what its pods use", "top", "pods", "-A")],
      });
    });
}

function cordon({ ref, object }: ObjectCase<Node>): Finding[] {
  if (object.spec.unschedulable !== true) return [];
  const suggestions = [suggestCommand(`uncordon ${ref.name}`, "uncordon", ref.name)];
  return [
    problem(ref, {
      code: "Cordoned",
      headline: "it is cordoned: it gets no new pods",
      evidence: ["spec.unschedulable: true"],
      suggestions,
    }),
  ];
}

function taintFindings({ ref, object }: ObjectCase<Node>): Finding[] {
  const own = object.spec.taints.filter(({ key = "" }) => !key.startsWith("node.kubernetes.io/"));
  return own.map(({ key = "", value = "", effect = "" }) => {
    const taint = `${key}${value === "" ? "" : `=${value}`}:${effect}`;
    const what =
      effect === "PreferNoSchedule"
        ? "are placed elsewhere if they can be"
        : effect === "NoExecute"
          ? "are not placed on it, and driven off it"
          : "are not placed on it";
    const suggestions = [suggestCommand(`remove taint ${taint}`, "taint", "nodes", ref.name, `${key}:${effect}-`)];
    return remark(ref, {
      code: "Tainted",
      headline: `pods that do not tolerate ${taint} ${what}`,
      evidence: [`taint ${taint}`],
      suggestions,
    });
  });
}

function load({ ref, object, pods }: ObjectCase<Node>): Finding {
  const { allocatable } = object.status;
  const room = quantityNumber(allocatable.pods);
  const evidence = [
    `${counted(pods.length, "pod")} of ${room}`,
    ...["cpu", "memory"].map((name) => `${name}: ${allocatable[name]?.string ?? "0"} allocatable`),
  ];
  const suggestions = [suggestLook("see what its pods ask for", "describe", "node", ref.name)];
  return remark(ref, {
    code: "Load",
    headline: `${counted(pods.length, "pod")} ${pods.length === 1 ? "is" : "are"} on it`,
    evidence,
    suggestions,
  });
}
