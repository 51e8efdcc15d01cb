import { createHash, randomUUID } from "node:crypto";
import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isConflict, isForbidden, isNotFound } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ObjectKey, Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Clock } from "../../base/clock.js";
import type { ReportRequest_ContainerEvent } from "../../gen/howbernetes/api/v1/nodes.js";
import type { Event } from "../../gen/howbernetes/core/v1/event.js";
import { admitToNamespace } from "../admission/namespace-lifecycle.js";
import type { ObjectStore } from "../object-store.js";
import { prepareCreate } from "../objects/prepare-create.js";
import { ownPod } from "./own-pod.js";

interface ContainerEventsDeps {
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

// Kubernetes cuts messages of events here, and refuses longer reasons.
const maxMessageLength = 1024;
const maxReasonLength = 128;

/** Long enough for the longest name of a container. */
const maxFieldPathLength = 256;

/** Where Events are about what has no namespace, as in Kubernetes. */
const namespaceOfNodes = "default";

/**
 * Records what happened to containers as Events of their pods, and what happened to nodes as Events of theirs. One that
 * happens again raises the count of the Event there is: its name follows from what it says, so that no memory is needed
 * and servers agree.
 */
export class ContainerEvents {
  constructor(private readonly deps: ContainerEventsDeps) {}

  /** An event about a pod that is not the node's, or about another node, is dropped. */
  async record(nodeName: string, event: ReportRequest_ContainerEvent, signal: AbortSignal): Promise<void> {
    const { objects, clock } = this.deps;
    const isAllowed = isOfNode(event) ? event.name === nodeName : (await ownPod(objects, nodeName, event, signal)) !== undefined;
    if (!isAllowed) return;
    const key = { namespace: isOfNode(event) ? namespaceOfNodes : event.namespace, name: eventName(nodeName, event) };
    const again = (): Promise<unknown> =>
      objects.mutate(
        eventKind,
        key,
        (draft) => {
          draft.count = (draft.count ?? 1) + 1;
          draft.lastTimestamp = timeFromMs(clock.now());
          return true;
        },
        { signal },
      );
    try {
      await again();
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
      await this.create(nodeName, event, key, signal).catch((raced: unknown) => {
        if (!isAlreadyExists(raced)) throw raced;
        return again();
      });
    }
  }

  /** Nothing is recorded in a namespace that is on its way out: it may have been emptied already. */
  private async create(nodeName: string, event: ReportRequest_ContainerEvent, key: ObjectKey, signal: AbortSignal): Promise<void> {
    const { objects } = this.deps;
    try {
      const guards = await admitToNamespace(objects, { kind: eventKind as Kind, ...key, fresh: false }, signal);
      await objects.create(eventKind, this.first(nodeName, event, key), { signal, guards });
    } catch (error: unknown) {
      if (!isForbidden(error) && !isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  private first(nodeName: string, event: ReportRequest_ContainerEvent, { namespace, name }: ObjectKey): Whole<Event> {
    const nowMs = this.deps.clock.now();
    const { uid } = event;
    const subject = isOfNode(event)
      ? { kind: "Node" }
      : { kind: "Pod", namespace, fieldPath: event.fieldPath.slice(0, maxFieldPathLength) };
    const first = makeWhole(eventKind, {
      metadata: { name },
      involvedObject: { apiVersion: "v1", name: event.name, uid, ...subject },
      reason: event.reason.slice(0, maxReasonLength),
      // There are no other types.
      type: event.type === "Warning" ? "Warning" : "Normal",
      message: event.message.slice(0, maxMessageLength),
      source: { component: "howbelet", host: nodeName },
      reportingComponent: "howbelet",
      reportingInstance: nodeName,
      firstTimestamp: timeFromMs(nowMs),
      lastTimestamp: timeFromMs(nowMs),
      count: 1,
    });
    prepareCreate(eventKind, first, { namespace, uid: randomUUID(), nowMs });
    return first;
  }
}

function isOfNode({ namespace }: ReportRequest_ContainerEvent): boolean {
  return namespace === "";
}

function eventName(nodeName: string, { name, uid, type, reason, message, fieldPath }: ReportRequest_ContainerEvent): string {
  const identity = JSON.stringify([nodeName, uid, type, reason, message, fieldPath]);
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  // A name has at most 253 characters; the pod's own may fill it.
  return `${name.slice(0, 253 - 17)}.${hash}`;
}
