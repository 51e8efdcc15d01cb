import type { ApiObject, Whole } from "../../../api/object.js";
import { formatLabelSelector } from "../../../api/selectors/label-selector.js";
import { timeToMs } from "../../../api/values/time.js";
import type { Container, ContainerPort, SeccompProfile, VolumeMount } from "../../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Toleration, TopologySpreadConstraint } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { Quantity, Time } from "../../../gen/howbernetes/meta/v1/values.js";
import type { Description } from "./description.js";
import { environmentBlocks } from "./environment.js";
import { probeCell } from "./probes.js";

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** "Mon, 02 Jan 2006 15:04:05 +0000", in UTC, or "<unset>". */
export function timeCell(time: Time | undefined): string {
  const ms = timeToMs(time);
  if (ms === undefined) return "<unset>";
  const date = new Date(ms);
  const day = `${days[date.getUTCDay()]}, ${twoDigits(date.getUTCDate())} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${[date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(":")} +0000`;
}

/** One "key=value" each, in key order; kubectl writes annotations as "key: value". */
export function pairs(map: Readonly<Record<string, string>>, separator = "="): string[] {
  return Object.entries(map)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${key}${separator}${value}`);
}

/** kubectl's: what is longer stands under its key, and is cut. */
const longestAnnotation = 140;

/** The annotations that people wrote: kubectl's own record of the last apply is left out, as kubectl does. */
export function annotationCells(object: Whole<ApiObject>): string[] {
  const { "kubectl.kubernetes.io/last-applied-configuration": _record, ...others } = object.metadata.annotations;
  const sorted = Object.entries(others).sort(([left], [right]) => (left < right ? -1 : 1));
  return sorted.flatMap(([key, text]) => {
    const value = text.replace(/\n$/, "");
    if (key.length + value.length + 2 <= longestAnnotation && !value.includes("\n")) return [`${key}: ${value}`];
    return [`${key}:`, ...value.split("\n").map((line) => `  ${shortened(line, longestAnnotation - 2)}`)];
  });
}

const shortened = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}...` : text);

/** Begins a description: name, namespace, labels, annotations. */
export function heading(object: Whole<ApiObject>, description: Description): Description {
  const { metadata } = object;
  return description
    .field("Name", metadata.name)
    .field("Namespace", metadata.namespace)
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(object));
}

/** Says who made the object, if it was a controller. */
export function controllerField({ metadata }: Whole<ApiObject>, description: Description): void {
  const owner = metadata.ownerReferences.find(({ controller }) => controller === true);
  if (owner !== undefined) description.field("Controlled By", `${owner.kind ?? ""}/${owner.name ?? ""}`);
}

/**
 * Says of an object that is being deleted since when (a pod's status says so by itself), and what it waits for.
 *
 * Unlike kubectl, which shows neither for the kinds that it has a layout for.
 */
export function deletionFields(object: Whole<ApiObject>, isPod: boolean, description: Description): void {
  const { deletionTimestamp, finalizers } = object.metadata;
  if (deletionTimestamp === undefined) return;
  if (!isPod) description.field("Deletion Timestamp", timeCell(deletionTimestamp));
  if (finalizers.length > 0) description.field("Finalizers", ...finalizers);
}

interface Condition {
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
}

/** Adds a table of conditions, if there are any. */
export function conditionsTable(conditions: readonly Condition[], description: Description): void {
  if (conditions.length === 0) return;
  // The blank is kubectl's: the column is as much wider than the longest type.
  const rows = conditions.map(({ type, status, reason }) => [`${type ?? ""} `, status ?? "", reason ?? ""]);
  description.table("Conditions", ["Type", "Status", "Reason"], rows);
}

/** "2 Running / 0 Waiting / 0 Succeeded / 0 Failed". */
export function podPhasesCell(pods: readonly Whole<Pod>[]): string {
  const phases = ["Running", "Pending", "Succeeded", "Failed"].map((phase) => {
    const count = pods.filter((pod) => pod.status.phase === phase).length;
    return `${count} ${phase === "Pending" ? "Waiting" : phase}`;
  });
  return phases.join(" / ");
}

/** "True" or "False". */
export function boolCell(value: boolean | undefined): string {
  return value === true ? "True" : "False";
}

/** Adds a block of quantities by resource name, if there are any. */
export function quantityBlock(description: Description, label: string, quantities: Readonly<Record<string, Quantity>>): void {
  const entries = Object.entries(quantities).sort(([left], [right]) => (left < right ? -1 : 1));
  if (entries.length === 0) return;
  description.block(label, (body) => {
    for (const [name, quantity] of entries) body.field(name, quantity.string ?? "0");
  });
}

/** Adds what a container asks for: image, ports, command, resources, environment. */
export function containerSpec(body: Description, container: Container): void {
  const ports = container.ports.map((port) => portCell(port.containerPort, port));
  const hostPorts = container.ports.map((port) => portCell(port.hostPort, port));
  const plural = ports.length > 1 ? "s" : "";
  body.field(`Port${plural}`, ports.length === 0 ? "<none>" : ports.join(", "));
  body.field(`Host Port${plural}`, hostPorts.length === 0 ? "<none>" : hostPorts.join(", "));
  seccompFields(body, container.securityContext?.seccompProfile);
  listBlock(body, "Command", container.command);
  listBlock(body, "Args", container.args);
}

/** Says which seccomp profile a pod or a container has, if one is named. */
export function seccompFields(body: Description, profile: SeccompProfile | undefined): void {
  if (profile === undefined) return;
  body.field("SeccompProfile", profile.type ?? "").fieldIfAny("LocalhostProfile", profile.localhostProfile);
}

function portCell(number: number | undefined, { protocol, name }: ContainerPort): string {
  return `${number ?? 0}/${protocol ?? "TCP"}${name ? ` (${name})` : ""}`;
}

/** Adds a container's resources, probes, environment and mounts; of a template there is no pod. */
export function containerResources(body: Description, container: Container, pod?: Whole<Pod>): void {
  quantityBlock(body, "Limits", container.resources?.limits ?? {});
  quantityBlock(body, "Requests", container.resources?.requests ?? {});
  const { livenessProbe, readinessProbe, startupProbe } = container;
  if (livenessProbe !== undefined) body.field("Liveness", probeCell(livenessProbe));
  if (readinessProbe !== undefined) body.field("Readiness", probeCell(readinessProbe));
  if (startupProbe !== undefined) body.field("Startup", probeCell(startupProbe));
  environmentBlocks(body, container, pod);
  const mounts = [...container.volumeMounts].sort((left, right) => ((left.mountPath ?? "") < (right.mountPath ?? "") ? -1 : 1));
  if (mounts.length === 0) body.field("Mounts", "<none>");
  else listBlock(body, "Mounts", mounts.map(mountCell));
  const devices = container.volumeDevices.map(({ devicePath, name }) => `${devicePath ?? ""} from ${name ?? ""}`);
  listBlock(body, "Devices", devices);
}

function mountCell({ mountPath, name, readOnly, subPath }: VolumeMount): string {
  const flags = [readOnly === true ? "ro" : "rw", ...(subPath ? [`path="${subPath}"`] : [])];
  return `${mountPath ?? ""} from ${name ?? ""} (${flags.join(",")})`;
}

function listBlock(body: Description, label: string, values: readonly string[]): void {
  if (values.length === 0) return;
  body.block(label, (inner) => {
    inner.plain(values.flatMap((value) => value.trimEnd().split("\n")));
  });
}

/** One line each, by their keys. */
export function tolerationCells(tolerations: readonly Toleration[]): string[] {
  return [...tolerations].sort((left, right) => ((left.key ?? "") < (right.key ?? "") ? -1 : 1)).map(tolerationCell);
}

/** "zone:DoNotSchedule when max skew 1 is exceeded for selector app=web". */
export function spreadCells(constraints: readonly TopologySpreadConstraint[]): string[] {
  return constraints.map(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) => {
    const rule = `${topologyKey ?? ""}:${whenUnsatisfiable ?? ""} when max skew ${maxSkew ?? 0} is exceeded`;
    return labelSelector === undefined ? rule : `${rule} for selector ${formatLabelSelector(labelSelector)}`;
  });
}

/** "node.kubernetes.io/not-ready:NoExecute op=Exists for 300s". */
function tolerationCell({ key, operator, value, effect, tolerationSeconds }: Toleration): string {
  const taint = `${key ?? ""}${value ? `=${value}` : ""}${effect ? `:${effect}` : ""}`;
  const exists = operator === "Exists" && !value ? " op=Exists" : "";
  return `${taint}${exists}${tolerationSeconds === undefined ? "" : ` for ${tolerationSeconds}s`}`.trim();
}
