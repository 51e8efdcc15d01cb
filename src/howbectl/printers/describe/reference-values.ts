import type { Whole } from "../../../api/object.js";
import { exactQuantity } from "../../../api/values/quantity.js";
import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { ResourceFieldSelector } from "../../../gen/howbernetes/core/v1/reference.js";

/** The value of a field of a pod's metadata, as a variable has it; "" for fields that only the pod's node knows. */
export function metadataValue(path: string, { metadata }: Whole<Pod>): string {
  const [, map, key = ""] = /^metadata\.(annotations|labels)\['(.*)'\]$/s.exec(path) ?? [];
  const values: Readonly<Record<string, string>> = map === undefined ? {} : map === "labels" ? metadata.labels : metadata.annotations;
  if (map !== undefined) return Object.hasOwn(values, key) ? (values[key] ?? "") : "";
  if (path === "metadata.name") return metadata.name;
  if (path === "metadata.namespace") return metadata.namespace;
  return path === "metadata.uid" ? metadata.uid : "";
}

const nanosPerUnit = 1_000_000_000n;

/** What a container requests or may use, in units of the divisor; in words, where that is all that its node has. */
export function resourceValue({ resource = "", divisor }: ResourceFieldSelector, { resources }: Container): string {
  const [, side = "", name = ""] = /^(limits|requests)\.(.*)$/s.exec(resource) ?? [];
  const { nanos } = exactQuantity((side === "limits" ? resources?.limits : resources?.requests)?.[name]);
  if (nanos === 0n && side === "limits" && (name === "cpu" || name === "memory")) return "node allocatable";
  const unit = exactQuantity(divisor).nanos || nanosPerUnit;
  return String((nanos + unit - 1n) / unit);
}
