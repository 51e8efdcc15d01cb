import { configForNode } from "../../api/kinds/pod/config-references.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { parseFieldSelector } from "../../api/selectors/field-selector.js";
import { everything } from "../../api/selectors/label-selector.js";
import type { CallContext } from "../../rpc/contracts.js";
import type { Freshness, Scope } from "../../storage/cacher/interface.js";
import type { WatchCaches } from "../../storage/cacher/watch-caches.js";
import { type Action, configKindOf } from "./authorize.js";
import { callingNode } from "./identity.js";

/** First what is there already; only before a refusal what there is in the store, for a node may know of a pod first. */
const tries: readonly Freshness[] = [{ kind: "any" }, { kind: "latest" }];

/** Whether what a caller may do depends on which pods there are: reads of a ConfigMap or Secret by a node. */
export function dependsOnPods({ caller }: Pick<CallContext, "caller">, action: Action): boolean {
  const isRead = action.verb === "get" || action.verb === "list" || action.verb === "watch";
  return isRead && callingNode(caller) !== undefined && configKindOf(action.kind) !== undefined;
}

/** The action with what authorization has to know of pods, if it has to know anything. @throws ApiError ServiceUnavailable */
export async function withPodNaming(
  caches: Pick<WatchCaches, "of">,
  { caller, signal }: Pick<CallContext, "caller" | "signal">,
  action: Action,
): Promise<Action> {
  const { namespace, name } = action;
  const nodeName = callingNode(caller);
  const kind = configKindOf(action.kind);
  if (nodeName === undefined || kind === undefined || !dependsOnPods({ caller }, action) || namespace === "" || name === "") return action;
  for (const freshness of tries) {
    const { objects } = await caches.of(podKind).list(podsOf(nodeName, namespace), freshness, signal);
    const isNamed = objects.some(({ object }) => configForNode(object.spec).some((each) => each.kind === kind && each.name === name));
    if (isNamed) return { ...action, isNamedByPod: true };
  }
  return action;
}

function podsOf(nodeName: string, namespace: string): Scope {
  const escaped = nodeName.replaceAll(/[\\,=]/g, "\\$&");
  return { namespace, labels: everything, fields: parseFieldSelector(podKind, `spec.nodeName=${escaped}`) };
}
