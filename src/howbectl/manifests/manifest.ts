import type { Json, JsonObject } from "../../api/codec/json-values.js";
import { parseYaml, splitYamlDocuments, YamlError } from "../../api/codec/yaml.js";
import { kindOf } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { UsageError } from "../usage-error.js";
import { isObject, listAt, objectAt, stringAt } from "./json-fields.js";
import type { ManifestText } from "./manifest-files.js";

/** One object as its user wrote it. */
export interface Manifest {
  /** Where it was written. */
  readonly source: string;
  readonly kind: Kind;
  /** "" when the server is to generate it. */
  readonly name: string;
  /** As written, if it is. */
  readonly namespace: string | undefined;
  readonly json: JsonObject;
}

/** A manifest, or why a document is none: one broken document does not keep the others from being used. */
export type ManifestOrError = { readonly manifest: Manifest } | { readonly error: UsageError };

/** The manifests in a text: its documents, with Lists taken apart. Empty documents are skipped. */
export function parseManifests({ source, text }: ManifestText): ManifestOrError[] {
  return splitYamlDocuments(text).flatMap((document) => {
    try {
      const value = parseYaml(document.text, document.line);
      return value === undefined || value === null ? [] : toManifests(value, source);
    } catch (error: unknown) {
      if (!(error instanceof YamlError)) throw error;
      return [
        { error: new UsageError(`error parsing ${source}: error converting YAML to JSON: yaml: line ${error.line}: ${error.message}`) },
      ];
    }
  });
}

function toManifests(value: Json, source: string): ManifestOrError[] {
  const isList = isObject(value) && Array.isArray(value.items) && stringAt(value, "kind")?.endsWith("List") === true;
  if (isList) return listAt(value, "items").flatMap((item) => toManifests(item, source));
  try {
    return [{ manifest: toManifest(value, source) }];
  } catch (error: unknown) {
    if (error instanceof UsageError) return [{ error }];
    throw error;
  }
}

function toManifest(value: Json, source: string): Manifest {
  if (!isObject(value)) throw new UsageError(`unable to decode "${source}": the document is not an object`);
  const kindName = stringAt(value, "kind") ?? "";
  if (kindName === "") throw new UsageError(`unable to decode "${source}": Object 'Kind' is missing`);
  const metadata = objectAt(value, "metadata");
  const name = stringAt(metadata, "name") ?? "";
  const namespace = stringAt(metadata, "namespace");
  const apiVersion = stringAt(value, "apiVersion");

  const kind = kindOf(apiVersion, kindName);
  if (kind === undefined) {
    const version = apiVersion === undefined ? "" : ` in version "${apiVersion}"`;
    throw new UsageError(
      `resource mapping not found for name: "${name}" namespace: "${namespace ?? ""}" from "${source}": no matches for kind "${kindName}"${version}`,
    );
  }
  return { source, kind, name, namespace: namespace === "" ? undefined : namespace, json: value };
}
