import { ApiError, type FieldError } from "../errors.js";
import type { FieldConflict } from "./apply.js";
import { pathsOf } from "./field-set.js";
import type { Writer } from "./managers.js";
import { formatPath } from "./path-element.js";

/** What an application is refused with that would change others' fields: a cause for each field, in Kubernetes' words. */
export function applyConflict(conflicts: readonly FieldConflict[]): ApiError {
  const byOwner = conflicts.map(({ owner, fields }) => ({ owner: shown(owner), paths: pathsOf(fields).map(formatPath) }));
  const causes = byOwner.flatMap(({ owner, paths }) =>
    paths.map((path): FieldError => ({ path, reason: "FieldManagerConflict", message: `conflict with ${owner}` })),
  );
  return new ApiError("Conflict", messageOf(byOwner, causes.length), { causes });
}

function messageOf(byOwner: readonly { readonly owner: string; readonly paths: readonly string[] }[], count: number): string {
  if (count === 1) return `Apply failed with 1 conflict: conflict with ${byOwner[0]?.owner}: ${byOwner[0]?.paths[0]}`;
  const lines = byOwner.flatMap(({ owner, paths }) => [`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`)]);
  return `Apply failed with ${count} conflicts: ${lines.join("\n")}`;
}

function shown({ manager, operation, apiVersion, subresource }: Writer): string {
  const name = JSON.stringify(manager) + (subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === "Update" ? `${name} using ${apiVersion}` : name;
}
