import { isDeepStrictEqual } from "node:util";
import type { Kind } from "../../api/kinds/kind.js";
import { type ApiObject, keyOf, type Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { InformerHandler, Lister } from "../../client/contracts.js";
import type { WorkQueue } from "../../client/work-queue.js";
import type { OwnerReference } from "../../gen/howbernetes/meta/v1/meta.js";
import type { LabelSelector } from "../../gen/howbernetes/meta/v1/values.js";
import { controllerOf } from "./owner-reference.js";

interface SelectingOwner extends ApiObject {
  spec: { selector: LabelSelector | undefined } | undefined;
}

/**
 * Watches objects on behalf of the owners that count them: a change of an object has its controller look again, one
 * that nothing controls has all look that might adopt it.
 */
export function enqueueOwners<Owner extends SelectingOwner, T extends ApiObject>(
  kind: Kind<Owner>,
  owners: Lister<Owner>,
  queue: WorkQueue,
): InformerHandler<T> {
  const enqueue = (reference: OwnerReference | undefined, namespace: string): void => {
    if (reference?.kind === kind.kind) queue.add({ namespace, name: reference.name ?? "" });
  };
  const enqueueAdopters = (orphan: Whole<T>): void => {
    for (const owner of owners.list(orphan.metadata.namespace)) {
      const { selector } = (owner as { spec?: { selector?: LabelSelector | undefined } }).spec ?? {};
      if (compileLabelSelector(selector).matches(orphan.metadata.labels)) queue.add(keyOf(owner));
    }
  };
  return {
    added: (object) => {
      const controller = controllerOf(object);
      if (controller === undefined) enqueueAdopters(object);
      else enqueue(controller, object.metadata.namespace);
    },
    updated: (object, previous) => {
      const controller = controllerOf(object);
      const before = controllerOf(previous);
      if (before?.uid !== controller?.uid) enqueue(before, object.metadata.namespace);
      if (controller !== undefined) enqueue(controller, object.metadata.namespace);
      else if (before !== undefined || !isDeepStrictEqual(object.metadata.labels, previous.metadata.labels)) enqueueAdopters(object);
    },
    deleted: (object) => enqueue(controllerOf(object), object.metadata.namespace),
  };
}
