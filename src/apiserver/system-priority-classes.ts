import { randomUUID } from "node:crypto";
import { makeWhole } from "../api/codec/whole.js";
import { isAlreadyExists } from "../api/errors.js";
import { priorityClassKind } from "../api/kinds/priorityclass/kind.js";
import { systemPriorityClasses } from "../api/kinds/priorityclass/system-classes.js";
import type { Clock } from "../base/clock.js";
import type { ObjectStore } from "./object-store.js";
import { prepareCreate } from "./objects/prepare-create.js";

const description = "For pods that the cluster cannot do without, though they may move from node to node where that is possible.";

/** Creates the priority classes that every cluster has, where they are not there yet. */
export async function ensureSystemPriorityClasses(objects: ObjectStore, clock: Pick<Clock, "now">, signal: AbortSignal): Promise<void> {
  for (const [name, value] of systemPriorityClasses) {
    const priorityClass = makeWhole(priorityClassKind, { metadata: { name }, value, description });
    prepareCreate(priorityClassKind, priorityClass, { namespace: "", uid: randomUUID(), nowMs: clock.now() });
    try {
      await objects.create(priorityClassKind, priorityClass, { signal });
    } catch (error: unknown) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}
