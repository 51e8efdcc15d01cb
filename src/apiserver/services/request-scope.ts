import type { Kind } from "../../api/kinds/kind.js";
import { parseFieldSelector } from "../../api/selectors/field-selector.js";
import { parseLabelSelector } from "../../api/selectors/label-selector.js";
import type { Caller } from "../../rpc/contracts.js";
import type { Scope } from "../../storage/cacher/interface.js";
import type { Action, Verb } from "../auth/authorize.js";
import { namespaceOfRequest } from "./resource-type.js";

interface SelectingRequest {
  readonly namespace: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** What a list, watch or collection is about. @throws ApiError BadRequest on a bad selector */
export function scopeOf(kind: Kind, { namespace, labelSelector, fieldSelector }: SelectingRequest): Scope {
  return {
    namespace: namespaceOfRequest(kind, namespace),
    labels: parseLabelSelector(labelSelector),
    fields: parseFieldSelector(kind, fieldSelector),
  };
}

/** What reading or deleting a scope is, to authorization: selectors narrow down what a node asks for to what is its own. */
export function scopeAction(verb: Verb, kind: Kind, { namespace, fields }: Scope): Action {
  return {
    verb,
    kind,
    namespace: fields.required("metadata.namespace") ?? namespace,
    name: fields.required("metadata.name") ?? "",
    subresource: "",
    requiredNodeName: fields.required("spec.nodeName"),
  };
}

/** Who may do what; refuses by throwing. */
export type Authorize = (caller: Caller, action: Action) => void;
