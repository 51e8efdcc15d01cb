import type { Container, Probe } from "../../gen/howbernetes/core/v1/container.js";
import type { ProbeVerdict } from "./probe-verdict.js";

export type ProbeKind = "startup" | "liveness" | "readiness";

export const probeKinds: readonly ProbeKind[] = ["startup", "liveness", "readiness"];

/** A probe, and what its results amount to. */
interface Standing {
  readonly probe: Probe;
  /** What is believed; undefined while nothing is. */
  readonly isPassing: boolean | undefined;
  /** The last results in a row that were the same. */
  readonly streak: { readonly isSuccess: boolean; readonly length: number };
}

/** What the probes of one running container have found so far; a probe that it does not have is absent. */
export type ContainerHealth = Readonly<Partial<Record<ProbeKind, Standing>>>;

const noStreak = { isSuccess: false, length: 0 } as const;

/** A container's probes by kind. */
export function probesOf({ startupProbe, livenessProbe, readinessProbe }: Container): Readonly<Partial<Record<ProbeKind, Probe>>> {
  return {
    ...(startupProbe === undefined ? {} : { startup: startupProbe }),
    ...(livenessProbe === undefined ? {} : { liveness: livenessProbe }),
    ...(readinessProbe === undefined ? {} : { readiness: readinessProbe }),
  };
}

/** The health of a container of which only this is known yet: alive, and not ready unless it was. */
export function initialHealth(
  container: Container,
  { wasStarted, wasReady }: { readonly wasStarted: boolean; readonly wasReady: boolean },
): ContainerHealth {
  const { startup, liveness, readiness } = probesOf(container);
  return {
    ...(startup === undefined ? {} : { startup: { probe: startup, isPassing: wasStarted ? true : undefined, streak: noStreak } }),
    ...(liveness === undefined ? {} : { liveness: { probe: liveness, isPassing: undefined, streak: noStreak } }),
    ...(readiness === undefined ? {} : { readiness: { probe: readiness, isPassing: wasReady ? true : undefined, streak: noStreak } }),
  };
}

/** The health after one more result. It takes as many in a row as the probe's threshold to change what is believed. */
export function afterResult(health: ContainerHealth, kind: ProbeKind, isSuccess: boolean): ContainerHealth {
  const standing = health[kind];
  if (standing === undefined) return health;
  const { probe, streak } = standing;
  const length = streak.isSuccess === isSuccess ? streak.length + 1 : 1;
  const threshold = (isSuccess ? probe.successThreshold : probe.failureThreshold) || 1;
  const isPassing = length >= threshold ? isSuccess : standing.isPassing;
  return { ...health, [kind]: { probe, isPassing, streak: { isSuccess, length } } };
}

/** The probes that are to go on. A container that has not started has no other, and one that is to be ended needs none. */
export function pendingProbes(health: ContainerHealth, isDeleted: boolean): readonly ProbeKind[] {
  const { startup, liveness, readiness } = health;
  const isDoomed = startup?.isPassing === false || liveness?.isPassing === false;
  if (isDoomed) return [];
  // A pod that is going away is not ended for being unwell; that it is not ready any more is worth knowing.
  if (!hasStarted(health)) return isDeleted ? [] : ["startup"];
  return [
    ...(liveness === undefined || isDeleted ? [] : ["liveness" as const]),
    ...(readiness === undefined ? [] : ["readiness" as const]),
  ];
}

/** What the health of a container of that name amounts to. */
export function verdictOf(health: ContainerHealth, container: string): ProbeVerdict {
  const { startup, liveness, readiness } = health;
  const isStarted = hasStarted(health);
  const failing = startup?.isPassing === false ? "startup" : liveness?.isPassing === false ? "liveness" : undefined;
  return {
    isStarted,
    isReady: isStarted && (readiness === undefined || readiness.isPassing === true),
    fatal:
      failing === undefined ? undefined : { probe: failing, message: `Container ${container} failed ${failing} probe, will be restarted` },
  };
}

function hasStarted({ startup }: ContainerHealth): boolean {
  return startup === undefined || startup.isPassing === true;
}
