import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Scope } from "./interface.js";

/**
 * What selectors and indexes read of an object. Of past versions nothing else is kept decoded: a decoded object is many
 * times as large as its bytes.
 */
export class Facets {
  constructor(
    readonly name: string,
    readonly namespace: string,
    readonly labels: Readonly<Record<string, string>>,
    private readonly fields: Readonly<Record<string, string>>,
  ) {}

  /** The value of a selectable field. */
  field(path: string): string {
    if (path === "metadata.name") return this.name;
    if (path === "metadata.namespace") return this.namespace;
    return this.fields[path] ?? "";
  }
}

const noFields: Readonly<Record<string, string>> = {};

/** Reads an object's facets. */
export function facetsOf(kind: Kind, object: Whole<ApiObject>): Facets {
  const { name, namespace, labels } = object.metadata;
  const readers = Object.entries(kind.selectableFields);
  const fields = readers.length === 0 ? noFields : Object.fromEntries(readers.map(([path, read]) => [path, read(object)]));
  return new Facets(name, namespace, labels, fields);
}

/** Whether an object of these facets is one that `scope` selects. */
export function inScope({ namespace, labels, fields }: Scope, facets: Facets): boolean {
  return (
    (namespace === "" || facets.namespace === namespace) &&
    (labels.empty || labels.matches(facets.labels)) &&
    (fields.empty || fields.accepts((path) => facets.field(path)))
  );
}
