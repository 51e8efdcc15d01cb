import { podKind } from "../../../api/kinds/pod/kind.js";
import { formatAge } from "../../../api/values/age.js";
import { canonicalQuantity, quantityNumber } from "../../../api/values/quantity.js";
import { timeToMs } from "../../../api/values/time.js";
import type { ContainerStateTerminated } from "../../../gen/howbernetes/core/v1/pod_status.js";
import type { Finding, Suggestion } from "../finding.js";
import { problem, remark } from "../findings.js";
import { suggestPodChange } from "../pod-template.js";
import { suggestLook } from "../suggestions.js";
import { exitText } from "./exit-code.js";
import type { ContainerCase, PodCase } from "./pod-case.js";
import { rollbackSuggestions } from "./rollback.js";
import { clockText, untilText } from "./told.js";

/** How many lines of a log are shown. */
const shownLines = 10;

/** Why a container ends again and again, or has ended for good. */
export function crashFinding(pod: PodCase, it: ContainerCase): Finding {
  const { state, lastState, restartCount = 0 } = it.status ?? {};
  const end = state?.terminated ?? lastState?.terminated ?? it.flight?.flight?.end;
  const wait = state?.waiting;
  const evidence = [...deathText(pod, it, end), ...restartText(it, restartCount), ...logText(pod, it)];
  const oom = wasKilledForMemory(it, end);
  const probe = killingProbe(it);
  return problem(pod.ref, {
    code: oom ? "OutOfMemory" : probe !== undefined ? "ProbeKills" : wait?.reason === "CrashLoopBackOff" ? "CrashLoop" : "ContainerFailed",
    container: it.name,
    headline: headlineFor(it, end, { oom, probe }),
    evidence: [...evidence, ...(probe === undefined ? [] : [probe])],
    ...restartWait(wait?.message ?? "", pod.nowMs),
    suggestions: [...(oom ? moreMemory(pod, it) : []), ...rollbackSuggestions(pod), ...lookSuggestions(pod, it)],
  });
}

/** A container that could not even be started. */
export function startFinding(pod: PodCase, it: ContainerCase): Finding {
  const { reason = "", message = "" } = it.status?.state?.waiting ?? {};
  return problem(pod.ref, {
    code: "CannotStart",
    container: it.name,
    headline: `${roleText(it)} ${it.name} cannot be started`,
    evidence: [`${reason}: ${message}`],
    suggestions: [
      ...rollbackSuggestions(pod),
      suggestLook(`check its command: ${[...it.container.command, ...it.container.args].join(" ") || "the image's own"}`),
    ],
  });
}

/** A container that runs now, and has died before. */
export function restartedFinding(pod: PodCase, it: ContainerCase): Finding | undefined {
  const end = it.status?.lastState?.terminated;
  const { restartCount = 0 } = it.status ?? {};
  if (restartCount === 0 || end === undefined) return undefined;
  return remark(pod.ref, {
    code: wasKilledForMemory(it, end) ? "RestartedOutOfMemory" : "Restarted",
    container: it.name,
    headline: `container ${it.name} was restarted ${times(restartCount)}`,
    evidence: [...deathText(pod, it, end), ...logText(pod, it)],
    suggestions: [...(wasKilledForMemory(it, end) ? moreMemory(pod, it) : []), ...lookSuggestions(pod, it)],
  });
}

function headlineFor(
  it: ContainerCase,
  end: ContainerStateTerminated | undefined,
  why: { readonly oom: boolean; readonly probe: string | undefined },
): string {
  const subject = `${roleText(it)} ${it.name}`;
  if (why.oom) return `${subject} uses more memory than it may, and is killed for it`;
  if (why.probe !== undefined) return `${subject} is ended for failing its probe`;
  if (end === undefined) return `${subject} does not keep running`;
  if (end.reason === "ContainerCannotRun" || end.reason === "StartError") return `${subject} cannot be started`;
  return (end.exitCode ?? 0) === 0 ? `${subject} ends, though it is to go on: ${exitText(end)}` : `${subject} fails with ${exitText(end)}`;
}

const roleText = ({ role }: ContainerCase): string => (role === "init" ? "init container" : role === "sidecar" ? "sidecar" : "container");

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

function deathText({ nowMs }: PodCase, { flight }: ContainerCase, end: ContainerStateTerminated | undefined): string[] {
  if (end === undefined) return [];
  const startMs = timeToMs(end.startedAt) ?? 0;
  const endMs = timeToMs(end.finishedAt) ?? 0;
  const ran = startMs > 0 && endMs >= startMs ? `, after ${formatAge(endMs - startMs)}` : "";
  const ago = endMs > 0 ? ` ${formatAge(nowMs - endMs)} ago${ran}` : "";
  const message = (end.message ?? "").trim();
  const record =
    flight === undefined ? [] : [`flight record: howbectl describe flightrecord ${flight.metadata.name} -n ${flight.metadata.namespace}`];
  return [`it ended${ago}: ${end.reason ?? ""}, ${exitText(end)}`, ...(message === "" ? [] : [`it said: ${message}`]), ...record];
}

function restartText({ container }: ContainerCase, restartCount: number): string[] {
  const memory = container.resources?.limits.memory?.string;
  return [
    ...(memory === undefined ? [] : [`its memory limit is ${memory}`]),
    ...(restartCount === 0 ? [] : [`restarted ${times(restartCount)}`]),
  ];
}

/** What it wrote last: its flight record knows it where its container is gone. */
function logText({ logs }: PodCase, { name, flight }: ContainerCase): string[] {
  const recorded = flight?.flight?.log ?? [];
  const lines = recorded.length > 0 ? recorded : (logs.get(name) ?? []);
  if (lines.length === 0) return ["it wrote nothing"];
  return ["it wrote last:", ...lines.slice(-shownLines).map((line) => `  ${line}`)];
}

function wasKilledForMemory({ flight }: ContainerCase, end: ContainerStateTerminated | undefined): boolean {
  return end?.reason === "OOMKilled" || (flight?.flight?.oomKilled === true && flight.flight.end?.containerID === end?.containerID);
}

/** The probe that ended it, as its flight record has it. */
function killingProbe({ flight }: ContainerCase): string | undefined {
  const killed = flight?.flight?.lastEvents.some(
    ({ reason, message = "" }) => reason === "Killing" && /(liveness|startup) probe/i.test(message),
  );
  if (killed !== true) return undefined;
  const outcome = flight?.flight?.lastProbes.find((each) => each.outcome === "failure" && each.probe !== "readiness");
  return `its ${outcome?.probe ?? "liveness"} probe failed: ${outcome?.message ?? "it said nothing"}`;
}

/** When a crash loop's next restart is, by the node's words. */
function restartWait(message: string, nowMs: number): { readonly waitsFor?: string } {
  const [, delay] = /back-off (\S+) restarting/.exec(message) ?? [];
  if (delay === undefined) return {};
  const nextMs = Date.parse(/next at (\S+)/.exec(message)?.[1] ?? "");
  if (Number.isNaN(nextMs)) return { waitsFor: `its next restart, after a back-off of ${delay}` };
  return { waitsFor: `its next restart at ${clockText(nextMs)} (in ${untilText(nextMs, nowMs)}), after a back-off of ${delay}` };
}

/** Twice the limit: by how much it is too small is not to be known. */
function moreMemory(pod: PodCase, { container, path, name }: ContainerCase): Suggestion[] {
  const limit = container.resources?.limits.memory;
  if (limit === undefined) return [];
  const doubled = canonicalQuantity(binary(2 * quantityNumber(limit))) ?? "";
  const change = { op: "replace", path: `${path}/resources/limits/memory`, value: doubled };
  return [
    suggestPodChange(`raise the memory limit of ${name} from ${limit.string ?? ""} to ${doubled}`, pod.template, [change], [pod.pod]),
  ];
}

const binary = (bytes: number): string => (bytes % 1024 === 0 ? `${bytes / 1024}Ki` : `${bytes}`);

/** Its log is that of its last run: of the one before where it runs again. */
function lookSuggestions({ ref }: PodCase, { name, status }: ContainerCase): Suggestion[] {
  const target = [`${podKind.singular}/${ref.name}`, "-n", ref.namespace, "-c", name];
  const previous = status?.state?.running === undefined ? [] : ["--previous"];
  return [suggestLook("read what it wrote before it ended", "logs", ...target, ...previous)];
}
