import type { ErrorSubject } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";

/** How errors name an object: by resource, as `deployments.apps "web"`. */
export function subjectOf(kind: Pick<Kind, "group" | "plural">, name: string): ErrorSubject {
  return { group: kind.group, kind: kind.plural, name: shown(name) };
}

/** How errors about an object's content name it: by kind, as `Deployment.apps "web"`. */
export function contentSubjectOf(kind: Pick<Kind, "group" | "kind">, name: string): ErrorSubject {
  return { group: kind.group, kind: kind.kind, name: shown(name) };
}

/** No object has a longer name; what a client sent as one may be of any length. */
const maxNameLength = 253;

const shown = (name: string): string => (name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name);
