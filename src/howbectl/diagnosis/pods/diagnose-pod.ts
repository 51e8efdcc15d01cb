import { isInitializing } from "../../../api/kinds/pod/initialization.js";
import { podStatusWord } from "../../../api/kinds/pod/status-word.js";
import type { PodFacts } from "../facts.js";
import type { Finding } from "../finding.js";
import { problem, remark } from "../findings.js";
import { suggestLook } from "../suggestions.js";
import { configurationFinding, volumeFinding } from "./configuration.js";
import { crashFinding, restartedFinding, startFinding } from "./crashes.js";
import { endedFindings } from "./ended.js";
import { imageFinding, imageReasons, pullingFinding } from "./images.js";
import { leavingFindings, nodeTrouble } from "./leaving.js";
import { type ContainerCase, conditionOf, containerCases, type PodCase, podCase } from "./pod-case.js";
import { readinessGateFindings, unreadyFinding } from "./readiness.js";
import { sinceText } from "./told.js";
import { unplacedFindings } from "./unplaced.js";

/** What state a pod is in, in words, and why. */
export interface PodDiagnosis {
  /** As "pending", "running and ready". */
  readonly is: string;
  readonly findings: readonly Finding[];
}

/** Says of a pod why it is as it is. Pure. */
export function diagnosePod(facts: PodFacts, nowMs: number): PodDiagnosis {
  const pod = podCase(facts, nowMs);
  const { metadata, spec, status } = facts.pod;
  if (metadata.deletionTimestamp !== undefined) return { is: "terminating", findings: leavingFindings(pod) };
  if (status.phase === "Succeeded") return { is: "complete", findings: endedFindings(pod) };
  if (status.phase === "Failed") return { is: "failed", findings: endedFindings(pod) };
  if ((spec.nodeName ?? "") === "") return { is: "pending", findings: unplacedFindings(pod) };

  const findings = [...lostNode(pod), ...containerFindings(pod), ...readinessGateFindings(pod)];
  const place = placeRemark(pod);
  if (isReady(pod) && !findings.some((finding) => finding.problem)) {
    return { is: "running and ready", findings: [wellRemark(pod), ...findings, ...place] };
  }
  const known = findings.length > 0 ? findings : [startingRemark(pod)];
  return { is: stateWord(pod), findings: [...known.toSorted(problemsFirst), ...place] };
}

const isReady = ({ pod }: PodCase): boolean => conditionOf(pod, "Ready")?.status === "True";
const problemsFirst = (a: Finding, b: Finding): number => Number(b.problem) - Number(a.problem);

function stateWord({ pod }: PodCase): string {
  const word = podStatusWord(pod);
  if (pod.status.phase === "Running" && (word === "Running" || word === "NotReady")) return "running, but not ready";
  return word === "Pending" || word === "ContainerCreating" ? "starting" : `not running (${word})`;
}

function lostNode({ pod, node, ref, nowMs }: PodCase): Finding[] {
  const trouble = nodeTrouble(node, pod.spec.nodeName ?? "", nowMs);
  if (trouble === undefined) return [];
  const toleration = pod.spec.tolerations.find(
    ({ key, tolerationSeconds }) => key === "node.kubernetes.io/unreachable" && tolerationSeconds !== undefined,
  );
  const seconds = toleration?.tolerationSeconds ?? 300;
  return [
    problem(ref, {
      code: "NodeLost",
      headline: `its node ${pod.spec.nodeName ?? ""} does not answer`,
      evidence: [trouble],
      waitsFor: `the node to come back; else it is deleted ${seconds}s after the node's Ready condition was lost, and replaced if a controller made it`,
      suggestions: [suggestLook("see what is known of the node", "why", `node/${pod.spec.nodeName ?? ""}`)],
    }),
  ];
}

function containerFindings(pod: PodCase): Finding[] {
  const cases = containerCases(pod);
  const initializing = isInitializing(pod.pod);
  const found = cases.flatMap((it) => containerFinding(pod, it, initializing) ?? []);
  const waits = cases.some(({ status }) => status?.state?.waiting !== undefined || status === undefined);
  const volume = waits && !found.some((finding) => finding.problem) ? volumeFinding(pod) : undefined;
  return volume === undefined ? found : [volume, ...found];
}

function containerFinding(pod: PodCase, it: ContainerCase, initializing: boolean): Finding | undefined {
  const { state } = it.status ?? {};
  if (state?.waiting !== undefined) return waitingFinding(pod, it);
  if (state?.terminated !== undefined) {
    const failed = (state.terminated.exitCode ?? 0) !== 0;
    // An init container that has ended well has done its part; an app container that is to go on has not.
    if (it.role === "init" || pod.pod.spec.restartPolicy !== "Always") return failed ? crashFinding(pod, it) : undefined;
    return crashFinding(pod, it);
  }
  if (state?.running === undefined) return undefined;
  if (it.role === "init") return initRunning(pod, it);
  if (it.status?.ready === true || (initializing && it.role === "app")) return restartedFinding(pod, it);
  return unreadyFinding(pod, it);
}

function waitingFinding(pod: PodCase, it: ContainerCase): Finding | undefined {
  const { reason = "", message = "" } = it.status?.state?.waiting ?? {};
  if (imageReasons.has(reason)) return imageFinding(pod, it);
  if (reason === "CreateContainerConfigError") return configurationFinding(pod, it);
  if (reason === "CreateContainerError" || reason === "RunContainerError" || reason === "PostStartHookError") return startFinding(pod, it);
  if (reason === "CrashLoopBackOff" || it.status?.lastState?.terminated !== undefined) return crashFinding(pod, it);
  // The node says in the message how far a pull is.
  return /^(?:Pulling|Unpacking|Waiting for other images)/.test(message) ? pullingFinding(pod, it, message) : undefined;
}

function initRunning(pod: PodCase, it: ContainerCase): Finding {
  const rest = pod.pod.spec.initContainers.length;
  return remark(pod.ref, {
    code: "Initializing",
    container: it.name,
    headline: `init container ${it.name} is at work`,
    evidence: [
      `it runs${sinceText(it.status?.state?.running?.startedAt, pod.nowMs)}`,
      `the pod has ${rest} init container${rest > 1 ? "s" : ""}, one after the other`,
    ],
    waitsFor: `${it.name} to end with exit code 0`,
    suggestions: [suggestLook("read what it writes", "logs", `pod/${pod.ref.name}`, "-n", pod.ref.namespace, "-c", it.name)],
  });
}

function startingRemark(pod: PodCase): Finding {
  return remark(pod.ref, {
    code: "Starting",
    headline: `node ${pod.pod.spec.nodeName ?? ""} is making its containers`,
    evidence: pod.events.slice(-1).map((event) => `last told: ${event.reason ?? ""}: ${event.message ?? ""}`),
    waitsFor: "its containers to start",
  });
}

function wellRemark(pod: PodCase): Finding {
  const ready = conditionOf(pod.pod, "Ready");
  const { containerStatuses } = pod.pod.status;
  return remark(pod.ref, {
    code: "Ready",
    headline: `it runs on node ${pod.pod.spec.nodeName ?? ""} and is ready${sinceText(ready?.lastTransitionTime, pod.nowMs)}`,
    evidence: [`${containerStatuses.filter((each) => each.ready === true).length} of ${containerStatuses.length} containers are ready`],
  });
}

/** Why it is where it is. */
function placeRemark({ placement, pod, ref }: PodCase): Finding[] {
  if (typeof placement === "string" || placement.choice === "") return [];
  const { choice, nodes } = placement;
  return [remark(ref, { code: "Placed", headline: `the scheduler chose node ${pod.spec.nodeName ?? ""}: ${choice}`, nodes })];
}
