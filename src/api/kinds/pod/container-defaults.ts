import type { Container, Probe } from "../../../gen/howbernetes/core/v1/container.js";
import { isLatest } from "./image-tag.js";

const httpScheme = "HTTP";
const defaultTimeoutSeconds = 1;
const defaultPeriodSeconds = 10;
const defaultFailures = 3;

/** Fills in the defaults of a container. */
export function applyContainerDefaults(container: Container): void {
  container.imagePullPolicy ||= isLatest(container.image ?? "") ? "Always" : "IfNotPresent";
  container.terminationMessagePath ||= "/dev/termination-log";
  container.terminationMessagePolicy ||= "File";
  for (const port of container.ports) port.protocol ||= "TCP";
  for (const { valueFrom } of container.env) {
    if (valueFrom?.fieldRef !== undefined) valueFrom.fieldRef.apiVersion ||= "v1";
  }
  applyCheckDefaults(container);
}

function applyCheckDefaults({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): void {
  for (const probe of [livenessProbe, readinessProbe, startupProbe]) if (probe !== undefined) applyProbeDefaults(probe);
  const handlers = [livenessProbe?.handler, readinessProbe?.handler, startupProbe?.handler, lifecycle?.postStart, lifecycle?.preStop];
  for (const handler of handlers) {
    if (handler?.httpGet === undefined) continue;
    handler.httpGet.path ||= "/";
    handler.httpGet.scheme ||= httpScheme;
  }
}

function applyProbeDefaults(probe: Probe): void {
  probe.timeoutSeconds ||= defaultTimeoutSeconds;
  probe.periodSeconds ||= defaultPeriodSeconds;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= defaultFailures;
  if (probe.handler?.grpc !== undefined) probe.handler.grpc.service ??= "";
}
