import { forbidden } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { apiServerLeaseNamespace } from "../../api/kinds/lease/api-server-lease.js";
import type { ConfigReference } from "../../api/kinds/pod/config-references.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Caller } from "../../rpc/contracts.js";
import { callingNode, callingTokenId, groups } from "./identity.js";

export type Verb =
  | "get"
  | "list"
  | "watch"
  | "create"
  | "update"
  | "patch"
  | "delete"
  | "deletecollection"
  /** Pods: assign to a node. */
  | "bind"
  /** Pods: read a container's output. */
  | "logs"
  /** Nodes: report statuses, or keep a tunnel open. */
  | "connect"
  /** Nodes: exchange a join token for a node's certificate. */
  | "join";

/** What a caller is about to do. */
export interface Action {
  readonly verb: Verb;
  /** The resource; a Kind is one. */
  readonly kind: Pick<Kind, "group" | "plural" | "namespaced">;
  /** "" for cluster-scoped kinds, and for all namespaces. */
  readonly namespace: string;
  /** "" where the call names none; for list and watch, what their field selector demands of metadata.name. */
  readonly name: string;
  /** "" for the object itself. */
  readonly subresource: string;
  /** The object at hand: the stored one for get, update and delete, the new one for create. Without it nodes are refused. */
  readonly object?: Whole<ApiObject> | undefined;
  /** Of list and watch: what the field selector demands of spec.nodeName. */
  readonly requiredNodeName?: string | undefined;
  /** Of reads of ConfigMaps and Secrets by a node: a pod that is bound to it names this one, see `withPodNaming`. */
  readonly isNamedByPod?: boolean | undefined;
}

/** Join tokens, which are no kind: made by CreateJoinToken alone. */
export const joinTokens = { group: "", plural: "jointokens", namespaced: false } as const;

/**
 * Refuses what a caller may not do: administrators may everything, the cluster's own components all but admit nodes and enter pods,
 * a node what is its own, a join token to join. Decided on the action alone, before any effect.
 * @throws ApiError Forbidden, in Kubernetes' words
 */
export function authorize(caller: Caller, action: Action): void {
  if (!isAllowed(caller, action)) throw refusal(caller, action);
}

/**
 * As `authorize`, about an object that is not there: whoever could do it to one of their own may know so, and is told
 * NotFound instead of Forbidden.
 */
export function authorizeAbsent(caller: Caller, action: Action): void {
  const nodeName = callingNode(caller);
  const isPod = action.kind.group === "" && action.kind.plural === "pods";
  authorize(caller, isPod && nodeName !== undefined ? { ...action, object: podOf(nodeName) } : action);
}

/** As much of a pod of the node as is looked at here. */
function podOf(nodeName: string): Whole<ApiObject> {
  return { metadata: { name: "" }, spec: { nodeName } } as unknown as Whole<ApiObject>;
}

function isAllowed(caller: Caller, action: Action): boolean {
  if (caller.groups.includes(groups.masters)) return true;
  if (caller.groups.includes(groups.components)) return isComponentAllowed(action);
  if (callingTokenId(caller) !== undefined) return action.verb === "join";
  const nodeName = callingNode(caller);
  return nodeName !== undefined && isNodeAllowed(nodeName, action);
}

/** Sessions with a pod, by their subresource: what is a user's affair alone. */
const sessionSubresources: ReadonlySet<string> = new Set(["exec", "attach", "portforward"]);

function isComponentAllowed({ verb, kind, subresource }: Action): boolean {
  if (kind.plural === "pods" && sessionSubresources.has(subresource)) return false;
  return kind.plural !== joinTokens.plural && verb !== "join" && verb !== "connect";
}

function isNodeAllowed(nodeName: string, action: Action): boolean {
  switch (`${action.kind.group}/${action.kind.plural}`) {
    case "/nodes":
      return action.name === nodeName && isOwnNodeAllowed(action);
    case "coordination.k8s.io/leases":
      return isOwnLeaseAllowed(nodeName, action) || isServerLeaseAllowed(action);
    case "/pods":
      return isPodAllowed(nodeName, action);
    case "/configmaps":
    case "/secrets":
      return isConfigAllowed(action);
    case "/events":
      return action.verb === "create" && action.namespace === "default" && isOwnEvent(nodeName, action.object);
    default:
      return false;
  }
}

function isOwnLeaseAllowed(nodeName: string, { verb, namespace, name }: Action): boolean {
  const isOwn = namespace === "kube-node-lease" && name === nodeName;
  return isOwn && ["get", "list", "watch", "create", "update", "patch"].includes(verb);
}

/** Where api-servers announce themselves, a node reads to whom it is to keep tunnels. The Leases there hold no secrets. */
function isServerLeaseAllowed({ verb, namespace }: Action): boolean {
  return namespace === apiServerLeaseNamespace && ["get", "list", "watch"].includes(verb);
}

function isOwnNodeAllowed({ verb, subresource }: Action): boolean {
  if (verb === "update" || verb === "patch") return subresource === "status";
  return ["get", "list", "watch", "connect"].includes(verb);
}

function isPodAllowed(nodeName: string, { verb, subresource, object, requiredNodeName }: Action): boolean {
  if (verb === "list" || verb === "watch") return requiredNodeName === nodeName;
  // Statuses travel in reports; of a pod's object a node changes nothing, but takes it away when it is finished.
  return (verb === "get" || verb === "delete") && subresource === "" && nodeNameOf(object) === nodeName;
}

/** A node reads what its pods need to run, one by one, and changes nothing of it. */
function isConfigAllowed({ verb, namespace, name, subresource, isNamedByPod }: Action): boolean {
  const isRead = verb === "get" || verb === "list" || verb === "watch";
  return isRead && subresource === "" && namespace !== "" && name !== "" && isNamedByPod === true;
}

/** What a resource is to pods that name one of it; undefined for all others. */
export function configKindOf({ group, plural }: Action["kind"]): ConfigReference["kind"] | undefined {
  if (group !== "") return undefined;
  return plural === "configmaps" ? "configmap" : plural === "secrets" ? "secret" : undefined;
}

function nodeNameOf(object: object | undefined): string | undefined {
  return (object as { spec?: { nodeName?: string } } | undefined)?.spec?.nodeName;
}

/** About the node itself. What happens to its pods travels in reports, where it is looked at whose pod it is. */
function isOwnEvent(nodeName: string, object: object | undefined): boolean {
  const about = (object as { involvedObject?: { kind?: string; name?: string } } | undefined)?.involvedObject;
  return about?.kind === "Node" && about.name === nodeName;
}

function refusal(caller: Caller, { verb, kind, namespace, name, subresource }: Action): Error {
  const resource = subresource === "" ? kind.plural : `${kind.plural}/${subresource}`;
  const where = kind.namespaced && namespace !== "" ? `in the namespace "${namespace}"` : "at the cluster scope";
  return forbidden(
    { group: kind.group, kind: kind.plural, name },
    `User "${caller.name}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}`,
  );
}
