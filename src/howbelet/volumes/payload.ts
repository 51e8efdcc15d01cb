import type { ConfigReference } from "../../api/kinds/pod/config-references.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { DownwardAPIVolumeFile, KeyToPath, VolumeProjection } from "../../gen/howbernetes/core/v1/volume.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { KnownConfig } from "../config/known-config.js";
import { containerResource } from "../containers/container-resource.js";
import { podField } from "../containers/pod-field.js";
import { formatFieldMap } from "./field-map.js";
import { failed, pending, type VolumeProblem } from "./volume-problem.js";

/** A file of a volume. */
export interface PayloadFile {
  readonly data: string | Uint8Array;
  /** Its permissions. */
  readonly mode: number;
}

/** What a volume holds, by path. */
export type Payload = ReadonlyMap<string, PayloadFile>;

/** All that files of volumes are made of. */
export interface PayloadSources {
  readonly pod: Whole<Pod>;
  /** Of the node, by resource; undefined while that is not known. */
  readonly allocatable: Readonly<Record<string, Quantity>> | undefined;
  readonly configOf: (config: Pick<ConfigReference, "kind" | "name">) => KnownConfig;
}

/** Parts of a volume: what a projected volume has many of, and the other kinds one. */
export type PayloadPart = Pick<VolumeProjection, "configMap" | "secret" | "downwardAPI">;

/** Permissions where a volume names none; the api-server writes the same into the pods. */
const usualMode = 0o644;

/** Longest name of a file that the kernel takes. */
const maxNameBytes = 255;

/**
 * Makes what a volume is to hold now, by Kubernetes' rules: all keys, or those that its items name; later parts replace
 * earlier files of their path. What is optional and not there is left out.
 */
export function makePayload(
  parts: readonly PayloadPart[],
  defaultMode: number | undefined,
  sources: PayloadSources,
): { readonly state: "ready"; readonly payload: Payload } | VolumeProblem {
  const payload = new Map<string, PayloadFile>();
  const problems: VolumeProblem[] = [];
  for (const part of parts) {
    const made = partOf(part, defaultMode ?? usualMode, sources);
    if (made instanceof Map) for (const [path, file] of made) payload.set(path, file);
    else problems.push(made);
  }
  const messages = problems.flatMap((problem) => (problem.state === "failed" ? [problem.message] : []));
  if (messages.length > 0) return failed(messages.length === 1 ? (messages[0] ?? "") : `[${messages.join(", ")}]`);
  if (problems.length > 0) return pending;
  const unsafe = [...payload.keys()].find((path) => !isSafePath(path));
  return unsafe === undefined
    ? { state: "ready", payload }
    : failed(`invalid path ${JSON.stringify(unsafe)}: it would not be in the volume`);
}

/** Whether two volumes would hold the same. */
export function isSamePayload(a: Payload, b: Payload): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([path, file]) => {
    const other = b.get(path);
    return other !== undefined && other.mode === file.mode && isSameData(file.data, other.data);
  });
}

function isSameData(a: PayloadFile["data"], b: PayloadFile["data"]): boolean {
  return a === b || Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf(data: PayloadFile["data"]): Uint8Array {
  return typeof data === "string" ? Buffer.from(data) : data;
}

/**
 * Whether a path stays in the volume, and leaves alone what the writer keeps there: names that begin with "..". The
 * api-server refuses others; this is looked at again where the files are written.
 */
export function isSafePath(path: string): boolean {
  const names = path.split("/");
  if (path.startsWith("..")) return false;
  return names.every(
    (name) => name !== "" && name !== "." && name !== ".." && !name.includes("\0") && Buffer.byteLength(name) <= maxNameBytes,
  );
}

function partOf(
  { configMap, secret, downwardAPI }: PayloadPart,
  mode: number,
  sources: PayloadSources,
): Map<string, PayloadFile> | VolumeProblem {
  const keyed = configMap ?? secret;
  if (keyed !== undefined) {
    const kind = configMap === undefined ? "secret" : "configmap";
    const { localObjectReference, items, optional = false } = keyed;
    return keyFiles({ kind, name: localObjectReference?.name ?? "", optional }, { items, mode }, sources);
  }
  return downwardAPI === undefined ? new Map() : fieldFiles(downwardAPI.items, mode, sources);
}

function keyFiles(
  { kind, name, optional }: ConfigReference,
  { items, mode }: { readonly items: readonly KeyToPath[]; readonly mode: number },
  { configOf }: PayloadSources,
): Map<string, PayloadFile> | VolumeProblem {
  const known = configOf({ kind, name });
  if (known.state === "unread") return known.problem === "" ? pending : failed(`${kind} "${name}" cannot be read: ${known.problem}`);
  if (known.state === "absent" && !optional) return failed(`${kind} "${name}" not found`);
  const data = known.state === "absent" ? {} : { ...known.binaryData, ...known.data };
  if (items.length === 0) return new Map(Object.entries(data).map(([key, value]) => [key, { data: value, mode }]));

  const files = new Map<string, PayloadFile>();
  for (const { key = "", path = "", mode: own } of items) {
    const value = Object.hasOwn(data, key) ? data[key] : undefined;
    if (value !== undefined) files.set(path, { data: value, mode: own ?? mode });
    else if (!optional)
      return failed(
        `${kind === "configmap" ? "configmap references non-existent config key" : "references non-existent secret key"}: ${key}`,
      );
  }
  return files;
}

function fieldFiles(
  items: readonly DownwardAPIVolumeFile[],
  mode: number,
  { pod, allocatable }: PayloadSources,
): Map<string, PayloadFile> | VolumeProblem {
  const files = new Map<string, PayloadFile>();
  for (const { path = "", mode: own, fieldRef, resourceFieldRef } of items) {
    const file = (data: string): unknown => files.set(path, { data, mode: own ?? mode });
    if (fieldRef !== undefined) file(fieldText(fieldRef.fieldPath ?? "", pod));
    if (resourceFieldRef === undefined) continue;
    if (allocatable === undefined) return pending;
    const { containerName = "" } = resourceFieldRef;
    const container = [...pod.spec.initContainers, ...pod.spec.containers].find(({ name }) => name === containerName);
    if (container === undefined) return failed(`container ${containerName} not found`);
    file(containerResource(resourceFieldRef, container, allocatable));
  }
  return files;
}

function fieldText(path: string, pod: Whole<Pod>): string {
  if (path === "metadata.labels") return formatFieldMap(pod.metadata.labels);
  if (path === "metadata.annotations") return formatFieldMap(pod.metadata.annotations);
  return podField(path, { pod, podIp: "", hostIp: "" });
}
