import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { Volume } from "../../gen/howbernetes/core/v1/volume.js";

/** A ConfigMap or Secret that a workload is made of. */
export interface ConfigReference {
  readonly kind: "configmap" | "secret";
  readonly name: string;
  /** Pods run without it: that it goes, or comes, is a change like any other. */
  readonly optional: boolean;
}

/** What an annotation asks for. */
export interface ConfigReferences {
  readonly references: readonly ConfigReference[];
  /** Parts of the annotation that mean nothing. */
  readonly meaningless: readonly string[];
}

interface Source {
  readonly localObjectReference: { readonly name?: string | undefined } | undefined;
  readonly optional?: boolean | undefined;
}

/**
 * Reads the annotation, a list parted by commas: "true" is whatever the template names, "configmap/NAME" and
 * "secret/NAME" are these, for programs that read their configuration by themselves. "" and "false" are none.
 */
export function configReferences(asked: string | undefined, spec: PodSpec | undefined): ConfigReferences {
  const parts = (asked ?? "").split(",").map((part) => part.trim());
  const listed = parts.flatMap(listedReference);
  const named = parts.includes("true") && spec !== undefined ? namedReferences(spec) : [];
  const meaningless = parts.filter((part) => part !== "" && part !== "true" && part !== "false" && listedReference(part).length === 0);
  return { references: merged([...named, ...listed]), meaningless };
}

function listedReference(part: string): readonly ConfigReference[] {
  const [, kind, name] = /^(configmap|secret)\/([a-z0-9][-a-z0-9.]*)$/.exec(part) ?? [];
  if (name === undefined) return [];
  return [{ kind: kind === "secret" ? "secret" : "configmap", name, optional: true }];
}

function namedReferences({ containers, initContainers, volumes }: PodSpec): readonly ConfigReference[] {
  return [...[...initContainers, ...containers].flatMap(referencesOfContainer), ...volumes.flatMap(referencesOfVolume)];
}

function referencesOfContainer({ env, envFrom }: Container): readonly ConfigReference[] {
  return [
    ...env.flatMap(({ valueFrom }) => [...configMap(valueFrom?.configMapKeyRef), ...secret(valueFrom?.secretKeyRef)]),
    ...envFrom.flatMap(({ configMapRef, secretRef }) => [...configMap(configMapRef), ...secret(secretRef)]),
  ];
}

function referencesOfVolume({ volumeSource: source }: Volume): readonly ConfigReference[] {
  const hidden = source?.secret;
  return [
    ...configMap(source?.configMap),
    ...secret(hidden === undefined ? undefined : { localObjectReference: { name: hidden.secretName }, optional: hidden.optional }),
    ...(source?.projected?.sources ?? []).flatMap((part) => [...configMap(part.configMap), ...secret(part.secret)]),
  ];
}

const configMap = (source: Source | undefined): readonly ConfigReference[] => reference("configmap", source);
const secret = (source: Source | undefined): readonly ConfigReference[] => reference("secret", source);

function reference(kind: ConfigReference["kind"], source: Source | undefined): readonly ConfigReference[] {
  const name = source?.localObjectReference?.name ?? "";
  return name === "" ? [] : [{ kind, name, optional: source?.optional === true }];
}

/** Each once, in order; what is needed in one place is not optional. */
function merged(references: readonly ConfigReference[]): readonly ConfigReference[] {
  const byId = new Map<string, ConfigReference>();
  for (const each of references) {
    const before = byId.get(idOf(each));
    byId.set(idOf(each), { ...each, optional: each.optional && (before?.optional ?? true) });
  }
  return [...byId.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

/** As "configmap/app". */
export function idOf({ kind, name }: Pick<ConfigReference, "kind" | "name">): string {
  return `${kind}/${name}`;
}
