import type { Kind } from "../../api/kinds/kind.js";
import type { ApiResource } from "../../gen/howbernetes/api/v1/discovery.js";

/** What the one generic service does with every kind, in the order in which kubectl prints it. */
const verbs: readonly string[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** What a service other than Resources does with a kind, by `group/plural`. */
const ownSubresources: Readonly<Record<string, readonly string[]>> = { "/pods": ["binding", "eviction", "log"] };

/** The kinds as Kubernetes' discovery shows them, ordered by group, version and name. */
export function apiResources(kinds: readonly Kind[]): readonly ApiResource[] {
  return kinds.map(apiResource).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function apiResource(kind: Kind): ApiResource {
  const { group, version, plural, singular, namespaced, shortNames, categories } = kind;
  return {
    group,
    version,
    name: plural,
    singularName: singular,
    kind: kind.kind,
    namespaced,
    shortNames: [...shortNames],
    categories: [...categories],
    verbs: [...verbs],
    subresources: [...subresourcesOf(kind)].sort(),
  };
}

function* subresourcesOf(kind: Kind): Generator<string> {
  if (kind.hasStatus) yield "status";
  if (kind.scale !== undefined) yield "scale";
  if (kind.isHeld !== undefined) yield "finalize";
  yield* Object.keys(kind.parts ?? {});
  yield* ownSubresources[`${kind.group}/${kind.plural}`] ?? [];
}

const orderOf = ({ group, version, name }: ApiResource): string => `${group}\0${version}\0${name}`;
