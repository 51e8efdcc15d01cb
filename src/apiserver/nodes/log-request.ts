import { badRequest, type FieldError, invalid } from "../../api/errors.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { containerOf, nodeOf } from "./pod-container.js";

/** Where the log that was asked for is to be had. */
export interface LogPlan {
  readonly nodeName: string;
  readonly container: string;
}

/**
 * Decides whose log is meant, and whether there is one yet. Messages are Kubernetes'.
 * @throws ApiError BadRequest, Invalid
 */
export function planLogs(pod: Whole<Pod>, options: PodLogOptions): LogPlan {
  checkOptions(pod.metadata.name, options);
  const container = containerOf(pod, options.container ?? "");
  const nodeName = nodeOf(pod);
  checkStarted(pod, container, options.previous ?? false);
  return { nodeName, container };
}

const outputs: readonly string[] = ["All", "Stderr", "Stdout"];

function checkOptions(name: string, { tailLines, limitBytes, sinceSeconds, sinceTime, stream = "" }: PodLogOptions): void {
  const errors: FieldError[] = [];
  const atLeast = (path: string, value: number | undefined, least: number): void => {
    if (value === undefined || value >= least) return;
    errors.push({ path, reason: "FieldValueInvalid", message: `Invalid value: ${value}: must be greater than or equal to ${least}` });
  };
  atLeast("tailLines", tailLines, 0);
  atLeast("limitBytes", limitBytes, 1);
  atLeast("sinceSeconds", sinceSeconds, 1);
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    const message = "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified";
    errors.push({ path: "sinceSeconds", reason: "FieldValueForbidden", message });
  }
  if (stream !== "" && !outputs.includes(stream)) {
    const supported = outputs.map((each) => `"${each}"`).join(", ");
    const message = `Unsupported value: "${stream}": supported values: ${supported}`;
    errors.push({ path: "stream", reason: "FieldValueNotSupported", message });
  }
  if (errors.length > 0) throw invalid({ group: "", kind: "PodLogOptions", name }, errors);
}

function checkStarted({ metadata, status }: Whole<Pod>, container: string, previous: boolean): void {
  const all = [...status.containerStatuses, ...status.initContainerStatuses, ...status.ephemeralContainerStatuses];
  const found = all.find(({ name }) => name === container);
  const pod = metadata.name;
  const hasPrevious = found?.lastState?.terminated !== undefined;
  if (previous) {
    if (hasPrevious) return;
    throw badRequest(`previous terminated container "${container}" in pod "${pod}" not found`);
  }
  if (hasStarted(found) || hasPrevious) return;
  throw badRequest(`container "${container}" in pod "${pod}" is waiting to start: ${waitingFor(found?.state?.waiting?.reason)}`);
}

function hasStarted(status: ContainerStatus | undefined): boolean {
  return status?.state?.running !== undefined || status?.state?.terminated !== undefined;
}

function waitingFor(reason: string | undefined): string {
  switch (reason) {
    case "ErrImagePull":
      return "image can't be pulled";
    case "ImagePullBackOff":
      return "trying and failing to pull image";
    case undefined:
    case "":
      return "ContainerCreating";
    default:
      return reason;
  }
}
