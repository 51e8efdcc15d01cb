import type { Container, Lifecycle, Probe } from "../../../gen/howbernetes/core/v1/container.js";
import type { PodOS } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, invalidValue } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { validateHandler } from "./handler-validation.js";
import { validateStopSignal } from "./stop-signal-validation.js";

const counts = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] as const;
const checks = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const;

/** What of the pod its containers' checks are judged by. */
interface PodOfChecks {
  /** What it has to end. */
  readonly graceSeconds: number;
  readonly os: PodOS | undefined;
}

/** Every error of a container's probes and hooks. */
export function validateChecks(container: Container, { graceSeconds, os }: PodOfChecks, path: string): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  return [
    ...(lifecycle === undefined ? [] : validateLifecycle(lifecycle, { graceSeconds, os }, child(path, "lifecycle"))),
    ...(livenessProbe === undefined ? [] : validateOnceProbe(livenessProbe, graceSeconds, child(path, "livenessProbe"))),
    ...(readinessProbe === undefined ? [] : validateReadinessProbe(readinessProbe, graceSeconds, child(path, "readinessProbe"))),
    ...(startupProbe === undefined ? [] : validateOnceProbe(startupProbe, graceSeconds, child(path, "startupProbe"))),
  ];
}

/** Refuses probes and hooks of a container that comes to its end before the others start. */
export function refuseChecks(container: Container, path: string): FieldError[] {
  const detail = "may not be set for init containers without restartPolicy=Always";
  return checks.flatMap((field) => (container[field] === undefined ? [] : [forbiddenField(child(path, field), detail)]));
}

function validateLifecycle({ postStart, preStop, stopSignal }: Lifecycle, { graceSeconds, os }: PodOfChecks, path: string): FieldError[] {
  return [
    ...(postStart === undefined ? [] : validateHandler(postStart, graceSeconds, child(path, "postStart"))),
    ...(preStop === undefined ? [] : validateHandler(preStop, graceSeconds, child(path, "preStop"))),
    ...(stopSignal === undefined ? [] : validateStopSignal(stopSignal, os, child(path, "stopSignal"))),
  ];
}

function validateProbe(probe: Probe, graceSeconds: number, path: string): FieldError[] {
  const { terminationGracePeriodSeconds: grace } = probe;
  return [
    ...validateHandler(probe.handler, graceSeconds, path),
    ...counts.flatMap((field) => validateNonNegative(probe[field], child(path, field))),
    ...(grace !== undefined && grace <= 0
      ? [invalidValue(child(path, "terminationGracePeriodSeconds"), grace, "must be greater than 0")]
      : []),
  ];
}

/** A probe whose first success says all. */
function validateOnceProbe(probe: Probe, graceSeconds: number, path: string): FieldError[] {
  const { successThreshold = 0 } = probe;
  const errors = validateProbe(probe, graceSeconds, path);
  if (successThreshold !== 1) errors.push(invalidValue(child(path, "successThreshold"), successThreshold, "must be 1"));
  return errors;
}

/** A probe that never ends a container, and so needs no time for that. */
function validateReadinessProbe(probe: Probe, graceSeconds: number, path: string): FieldError[] {
  const { terminationGracePeriodSeconds: grace } = probe;
  const errors = validateProbe(probe, graceSeconds, path);
  if (grace !== undefined) {
    errors.push(invalidValue(child(path, "terminationGracePeriodSeconds"), grace, "must not be set for readinessProbes"));
  }
  return errors;
}
