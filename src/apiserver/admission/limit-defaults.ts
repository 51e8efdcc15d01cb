import type { Whole } from "../../api/object.js";
import type { Amounts } from "../../api/values/amounts.js";
import { type Container, ResourceRequirements } from "../../gen/howbernetes/core/v1/container.js";
import type { LimitRangeItem } from "../../gen/howbernetes/core/v1/limit_range.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/** Tells a pod's reader which of its requests and limits are not its author's. */
const annotation = "kubernetes.io/limit-ranger";

/** Gives each container the requests and limits that it does not set itself, and notes which. Changes the pod. */
export function setDefaultLimits({ metadata, spec }: Whole<Pod>, limits: readonly LimitRangeItem[]): void {
  const items = limits.filter(({ type }) => type === "Container");
  const defaults = {
    limits: Object.assign({}, ...items.map((item) => item.default)) as Amounts,
    requests: Object.assign({}, ...items.map((item) => item.defaultRequest)) as Amounts,
  };
  const notes = [
    ...spec.containers.flatMap((container) => completed(container, "container", defaults)),
    ...spec.initContainers.flatMap((container) => completed(container, "init container", defaults)),
  ];
  if (notes.length > 0) metadata.annotations[annotation] = `LimitRanger plugin set: ${notes.join("; ")}`;
}

function completed(container: Container, role: string, defaults: { readonly limits: Amounts; readonly requests: Amounts }): string[] {
  const resources = container.resources ?? ResourceRequirements.fromPartial({});
  const note = (side: "requests" | "limits", word: string): string[] => {
    const missing = Object.keys(defaults[side]).filter((name) => resources[side][name] === undefined);
    for (const name of missing) resources[side][name] = { string: defaults[side][name]?.string };
    return missing.length === 0 ? [] : [`${missing.sort().join(", ")} ${word} for ${role} ${container.name ?? ""}`];
  };
  const notes = [...note("requests", "request"), ...note("limits", "limit")];
  if (notes.length > 0) container.resources = resources;
  return notes;
}
