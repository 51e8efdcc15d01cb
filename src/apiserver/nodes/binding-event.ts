import { randomUUID } from "node:crypto";
import { makeWhole } from "../../api/codec/whole.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Event } from "../../gen/howbernetes/core/v1/event.js";
import { prepareCreate } from "../objects/prepare-create.js";

/** Of the Event's uid, as its name has them. */
const maxNameDigits = 16;
/** A name has at most 253 characters, of which a dot and these digits are the Event's own. */
const maxNamePrefix = 253 - 1 - maxNameDigits;

/** Says of a pod that it has been given a node, in Kubernetes' words. */
export function bindingEvent(
  { metadata: { name, namespace, uid, resourceVersion } }: Whole<ApiObject>,
  { nodeName, scheduler, nowMs }: { readonly nodeName: string; readonly scheduler: string; readonly nowMs: number },
): Whole<Event> {
  const eventUid = randomUUID();
  const event = makeWhole(eventKind, {
    metadata: { name: `${name.slice(0, maxNamePrefix)}.${eventUid.replaceAll("-", "").slice(-maxNameDigits)}` },
    involvedObject: { kind: "Pod", apiVersion: "v1", namespace, name, uid, resourceVersion },
    reason: "Scheduled",
    message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
    type: "Normal",
    source: { component: scheduler },
    reportingComponent: scheduler,
    firstTimestamp: timeFromMs(nowMs),
    lastTimestamp: timeFromMs(nowMs),
    count: 1,
  });
  prepareCreate(eventKind, event, { namespace, uid: eventUid, nowMs });
  return event;
}
