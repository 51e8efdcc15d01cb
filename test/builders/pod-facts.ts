import { expect } from "chai";
import { makeWhole } from "../../src/api/codec/whole.js";
import { eventKind } from "../../src/api/kinds/event/kind.js";
import type { Whole } from "../../src/api/object.js";
import { timeFromMs } from "../../src/api/values/time.js";
import type { Container } from "../../src/gen/howbernetes/core/v1/container.js";
import type { Event } from "../../src/gen/howbernetes/core/v1/event.js";
import { ContainerStatus, PodCondition } from "../../src/gen/howbernetes/core/v1/pod_status.js";
import type { PodFacts } from "../../src/howbectl/diagnosis/facts.js";
import { diagnosePod } from "../../src/howbectl/diagnosis/pods/diagnose-pod.js";
import { node } from "./node.js";
import { type PodOptions, pod } from "./pod.js";

/** When these pods are asked about. */
export const nowMs = Date.UTC(2030, 0, 1, 12);
/** So many seconds before. */
export const ago = (seconds: number) => timeFromMs(nowMs - seconds * 1_000);

/** An Event about a pod, five seconds ago. */
export const event = (reason: string, message: string, fieldPath = ""): Whole<Event> =>
  makeWhole(eventKind, {
    metadata: { name: reason, namespace: "default", creationTimestamp: ago(5) },
    involvedObject: { kind: "Pod", name: "web", fieldPath },
    reason,
    message,
    firstTimestamp: ago(5),
    lastTimestamp: ago(5),
  });

/** A condition of a pod, since 65 seconds. */
export const condition = (type: string, status: string, reason = "", message = ""): PodCondition =>
  PodCondition.fromPartial({ type, status, reason, message, lastTransitionTime: ago(65) });

const container = (more: object = {}): Container => ({ ...(pod().spec.containers[0] as Container), ...more });

/** A pod whose one container is in a state. */
export function withState(status: object, options: PodOptions = {}, more: object = {}): PodOptions {
  const containerStatuses = [ContainerStatus.fromPartial({ name: "main", ...status })];
  const conditions = [condition("Ready", "False", "ContainersNotReady")];
  return {
    ...options,
    spec: { containers: [container(more)], ...options.spec },
    status: { containerStatuses, conditions, ...options.status },
  };
}

/** The state of a container that has ended, ten seconds ago. */
export const ended = (exitCode: number, more: object = {}): object => ({
  terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error", startedAt: ago(40), finishedAt: ago(10), ...more },
});

/** What is known of a pod; by default nothing but itself and its node. */
export function podFacts(options: PodOptions, more: Partial<PodFacts> = {}): PodFacts {
  return {
    pod: pod(options),
    controllers: [],
    events: [],
    flights: [],
    logs: new Map(),
    node: node(),
    placement: "no scheduler is connected",
    images: [],
    revisions: [],
    ...more,
  };
}

/** A pod, and what is to be found out about it. */
export interface PodCase {
  readonly it: string;
  readonly pod: PodOptions;
  readonly facts?: Partial<PodFacts>;
  readonly is: string;
  readonly code: string;
  readonly headline: string | RegExp;
  readonly evidence?: readonly RegExp[];
  readonly waitsFor?: string | RegExp;
  readonly suggestions?: readonly RegExp[];
  readonly problem?: boolean;
}

/** Checks that a pod's diagnosis is as a case says. */
export function expectDiagnosis(each: PodCase): void {
  const { is, findings } = diagnosePod(podFacts(each.pod, each.facts), nowMs);
  const shown = JSON.stringify(findings, undefined, 1);
  expect(is, shown).to.equal(each.is);
  const found = findings.find(({ code }) => code === each.code);
  if (found === undefined) throw new Error(`no ${each.code} in ${shown}`);
  if (typeof each.headline === "string") expect(found.headline).to.equal(each.headline);
  else expect(found.headline).to.match(each.headline);
  expect(found.problem).to.equal(each.problem ?? true);
  for (const pattern of each.evidence ?? [])
    expect(
      found.evidence.some((line) => pattern.test(line)),
      `${pattern} in ${found.evidence.join("\n")}`,
    ).to.equal(true);
  if (typeof each.waitsFor === "string") expect(found.waitsFor).to.equal(each.waitsFor);
  if (each.suggestions === undefined) return;
  expect(found.suggestions.map(({ text }) => text)).to.have.length(each.suggestions.length);
  for (const [index, pattern] of each.suggestions.entries()) expect(found.suggestions[index]?.text).to.match(pattern);
}
