import { intOrStringValue } from "../../../api/values/int-or-string.js";
import type { Probe } from "../../../gen/howbernetes/core/v1/container.js";
import { probeCell } from "../../printers/describe/probes.js";
import type { Finding, Suggestion } from "../finding.js";
import { problem, remark } from "../findings.js";
import { suggestPodChange } from "../pod-template.js";
import { suggestLook } from "../suggestions.js";
import { type ContainerCase, conditionOf, type PodCase } from "./pod-case.js";
import { rollbackSuggestions } from "./rollback.js";
import { conditionText, sinceText, toldBy } from "./told.js";

/** Why a container that runs is not ready. */
export function unreadyFinding(pod: PodCase, it: ContainerCase): Finding {
  const isStarting = it.container.startupProbe !== undefined && it.status?.started !== true;
  const which = isStarting ? "startup" : "readiness";
  const probe = isStarting ? it.container.startupProbe : it.container.readinessProbe;
  if (probe === undefined) {
    return remark(pod.ref, {
      code: "NotReadyYet",
      container: it.name,
      headline: `container ${it.name} runs, and is not counted as ready yet`,
    });
  }
  const failure = pod.events.findLast((event) => {
    const isMine = (event.involvedObject?.fieldPath ?? "").includes(`{${it.name}}`) || pod.pod.spec.containers.length === 1;
    return event.reason === "Unhealthy" && isMine && (event.message ?? "").toLowerCase().startsWith(which);
  });
  const evidence = [
    `${which} probe: ${probeCell(probe)}`,
    ...(failure === undefined ? [] : [toldBy(failure, pod.nowMs)]),
    `it runs${sinceText(it.status?.state?.running?.startedAt, pod.nowMs)}`,
  ];
  const waitsFor = `${probe.successThreshold ?? 1} success${(probe.successThreshold ?? 1) > 1 ? "es" : ""} of its ${which} probe, made every ${probe.periodSeconds ?? 10}s`;
  const subject = `container ${it.name}`;
  if (failure === undefined) {
    const headline = isStarting ? `${subject} has not started up yet` : `${subject} has not answered its readiness probe yet`;
    return remark(pod.ref, { code: "NotReadyYet", container: it.name, headline, evidence, waitsFor });
  }
  return problem(pod.ref, {
    code: isStarting ? "StartupProbeFails" : "ReadinessProbeFails",
    container: it.name,
    headline: `${subject} fails its ${which} probe: ${answerIn(failure.message ?? "")}`,
    evidence,
    waitsFor,
    suggestions: [...portSuggestions(pod, it, probe, which, failure.message ?? ""), ...rollbackSuggestions(pod), ...logSuggestion(pod, it)],
  });
}

/** Gates that others have to open. */
export function readinessGateFindings(pod: PodCase): Finding[] {
  return pod.pod.spec.readinessGates.flatMap(({ conditionType = "" }) => {
    const condition = conditionOf(pod.pod, conditionType);
    if (condition?.status === "True") return [];
    return [
      problem(pod.ref, {
        code: "ReadinessGate",
        headline: `its readiness gate ${conditionType} is not open`,
        evidence: [condition === undefined ? `it has no condition ${conditionType}` : conditionText(condition, pod.nowMs)],
        waitsFor: `whoever sets condition ${conditionType} to make it True`,
      }),
    ];
  });
}

/** What comes after "Readiness probe failed: ". */
function answerIn(message: string): string {
  return (
    message
      .replace(/^\w+ probe (?:failed|errored)[^:]*: /i, "")
      .trim()
      .split("\n")[0] ?? ""
  );
}

/** Nobody listens where the probe looks, and there is one other port that the container names. */
function portSuggestions(pod: PodCase, it: ContainerCase, { handler }: Probe, which: string, message: string): Suggestion[] {
  const action = handler?.httpGet === undefined ? "tcpSocket" : "httpGet";
  const port = (handler?.httpGet ?? handler?.tcpSocket)?.port;
  if (port === undefined || !/connection refused|ECONNREFUSED/i.test(message)) return [];
  const asked = intOrStringValue(port);
  const others = it.container.ports.flatMap(({ containerPort, name }) =>
    containerPort === asked || name === asked ? [] : (containerPort ?? []),
  );
  return others.map((other) => {
    const change = { op: "replace", path: `${it.path}/${which}Probe/${action}/port`, value: other };
    return suggestPodChange(
      `let the ${which} probe ask on port ${other}, which ${it.name} says that it listens on`,
      pod.template,
      [change],
      [pod.pod],
    );
  });
}

function logSuggestion({ ref }: PodCase, { name }: ContainerCase): Suggestion[] {
  return [suggestLook("read what it writes", "logs", `pod/${ref.name}`, "-n", ref.namespace, "-c", name, "--tail=20")];
}
