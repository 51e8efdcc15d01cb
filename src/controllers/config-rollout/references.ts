import { type ConfigReference, configOfPod, referenceId } from "../../api/kinds/pod/config-references.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";

/** What an annotation asks for. */
export interface ConfigReferences {
  readonly references: readonly ConfigReference[];
  /** Parts of the annotation that mean nothing. */
  readonly meaningless: readonly string[];
}

/**
 * Reads the annotation, a list parted by commas: "true" is whatever the template names, "configmap/NAME" and
 * "secret/NAME" are these, for programs that read their configuration by themselves. "" and "false" are none.
 */
export function configReferences(asked: string | undefined, spec: PodSpec | undefined): ConfigReferences {
  const parts = (asked ?? "").split(",").map((part) => part.trim());
  const listed = parts.flatMap(listedReference);
  const named = parts.includes("true") && spec !== undefined ? configOfPod(spec) : [];
  const meaningless = parts.filter((part) => part !== "" && part !== "true" && part !== "false" && listedReference(part).length === 0);
  return { references: merged([...named, ...listed]), meaningless };
}

function listedReference(part: string): readonly ConfigReference[] {
  const [, kind, name] = /^(configmap|secret)\/([a-z0-9][-a-z0-9.]*)$/.exec(part) ?? [];
  if (name === undefined) return [];
  return [{ kind: kind === "secret" ? "secret" : "configmap", name, optional: true }];
}

/** Each once, in order; what is needed in one place is not optional. */
function merged(references: readonly ConfigReference[]): readonly ConfigReference[] {
  const byId = new Map<string, ConfigReference>();
  for (const each of references) {
    const before = byId.get(referenceId(each));
    byId.set(referenceId(each), { ...each, optional: each.optional && (before?.optional ?? true) });
  }
  return [...byId.values()].sort((a, b) => (referenceId(a) < referenceId(b) ? -1 : 1));
}
