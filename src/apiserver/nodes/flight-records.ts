import { createHash, randomUUID } from "node:crypto";
import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isConflict, isForbidden, isNotFound } from "../../api/errors.js";
import { flightRecordKind } from "../../api/kinds/flightrecord/kind.js";
import { apiVersionOf, kindOf } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole, type WholeMeta } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { ReportRequest_ContainerDeath } from "../../gen/howbernetes/api/v1/nodes.js";
import { ObjectReference } from "../../gen/howbernetes/core/v1/reference.js";
import type { FlightRecord } from "../../gen/howbernetes/flight/v1/flight_record.js";
import { admitToNamespace } from "../admission/namespace-lifecycle.js";
import type { ObjectStore } from "../object-store.js";
import { prepareCreate } from "../objects/prepare-create.js";
import { ownPod } from "./own-pod.js";
import { hasContainer } from "./pod-container.js";

interface FlightRecordsDeps {
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

/** Of a container that dies again and again, its last deaths tell enough. */
export const keptPerContainer = 5;

/** A CronJob's Job's pod has two; more are somebody else's controllers. */
const maxControllers = 4;

/** Beyond these, what a node tells is cut: it is to be read by people, and a store is not a log. */
const limits = { lines: 50, lineLength: 1_024, logLength: 32_768, entries: 20, messageLength: 1_024, wordsLength: 4_096 } as const;

/**
 * Records how containers died. A record's name follows from the container and its restart, so that telling a death
 * again changes nothing, but that memory ran out, of which a node may hear later; it drops the record of the death a few
 * before it.
 */
export class FlightRecords {
  constructor(private readonly deps: FlightRecordsDeps) {}

  /** A death of a container that is not the node's, or not the pod's, is dropped. */
  async record(nodeName: string, death: ReportRequest_ContainerDeath, signal: AbortSignal): Promise<void> {
    const { objects } = this.deps;
    const { namespace, name, uid, flight } = death;
    const pod = await ownPod(objects, nodeName, death, signal);
    if (pod === undefined || !flight?.container || !hasContainer(pod, flight.container)) return;
    const restart = flight.restartCount ?? 0;
    const controllers = await this.controllersOf(pod.metadata, signal);
    const record = makeWhole(flightRecordKind, {
      metadata: { name: recordName(death, restart) },
      pod: ObjectReference.fromPartial({ apiVersion: apiVersionOf(podKind as Kind), kind: podKind.kind, namespace, name, uid }),
      controllers,
      nodeName,
      flight: cut(flight),
    });
    prepareCreate(flightRecordKind, record, { namespace, uid: randomUUID(), nowMs: this.deps.clock.now() });
    try {
      const guards = await admitToNamespace(
        objects,
        { kind: flightRecordKind as Kind, namespace, name: record.metadata.name, fresh: false },
        signal,
      );
      await objects.create(flightRecordKind, record, { signal, guards });
    } catch (error: unknown) {
      if (isAlreadyExists(error)) await this.correct(record, signal);
      // Its namespace is on its way out.
      else if (!isForbidden(error) && !isNotFound(error) && !isConflict(error)) throw error;
      return;
    }
    if (restart >= keptPerContainer) await this.drop(namespace, recordName(death, restart - keptPerContainer), signal);
  }

  private async correct({ metadata, flight: told }: Whole<FlightRecord>, signal: AbortSignal): Promise<void> {
    if (told?.oomKilled !== true) return;
    const change = ({ flight }: Whole<FlightRecord>): boolean => {
      if (flight === undefined || flight.oomKilled === true) return false;
      flight.oomKilled = true;
      if (flight.end !== undefined) flight.end.reason = told.end?.reason;
      return true;
    };
    await this.deps.objects.mutate(flightRecordKind, keyOf({ metadata }), change, { signal }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  /** From the nearest on; one that is gone is named all the same, but not what controlled it. */
  private async controllersOf(metadata: WholeMeta, signal: AbortSignal): Promise<readonly ObjectReference[]> {
    const controllers: ObjectReference[] = [];
    const { namespace } = metadata;
    for (let owners = metadata.ownerReferences; controllers.length < maxControllers; ) {
      const reference = owners.find(({ controller }) => controller === true);
      if (reference === undefined) break;
      const { apiVersion = "", kind: kindName = "", name = "", uid = "" } = reference;
      controllers.push(ObjectReference.fromPartial({ apiVersion, kind: kindName, namespace, name, uid }));
      const kind = kindOf(apiVersion, kindName);
      if (kind === undefined || !kind.namespaced) break;
      const found = await this.deps.objects.get(kind, { namespace, name }, { kind: "any" }, signal).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
      if (found?.object.metadata.uid !== uid) break;
      owners = found.object.metadata.ownerReferences;
    }
    return controllers;
  }

  private async drop(namespace: string, name: string, signal: AbortSignal): Promise<void> {
    await this.deps.objects.remove(flightRecordKind, { namespace, name }, { signal }).catch((error: unknown) => {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    });
  }
}

type Flight = NonNullable<ReportRequest_ContainerDeath["flight"]>;

function cut(flight: Flight): Flight {
  const message = (text: string | undefined): string => (text ?? "").slice(0, limits.messageLength);
  const { image, imageID, logNote, end, lastProbes, lastEvents } = flight;
  const log: string[] = [];
  let room: number = limits.logLength;
  for (const line of flight.log.slice(-limits.lines).reverse()) {
    const kept = line.slice(0, limits.lineLength);
    room -= kept.length;
    if (room < 0) break;
    log.unshift(kept);
  }
  return {
    ...flight,
    log,
    image: message(image),
    imageID: message(imageID),
    ...(logNote === undefined ? {} : { logNote: message(logNote) }),
    ...(end === undefined
      ? {}
      : { end: { ...end, reason: message(end.reason), message: (end.message ?? "").slice(0, limits.wordsLength) } }),
    lastProbes: lastProbes.slice(-limits.entries).map((probe) => ({ ...probe, message: message(probe.message) })),
    lastEvents: lastEvents
      .slice(-limits.entries)
      .map((event) => ({ ...event, message: message(event.message), reason: message(event.reason) })),
  };
}

/** As "web.main.3.1f0c9a": the pod, its container, how often that had been restarted, and which pod of that name. */
function recordName({ name, uid, flight }: ReportRequest_ContainerDeath, restart: number): string {
  const suffix = `.${flight?.container ?? ""}.${restart}.${createHash("sha256").update(uid).digest("hex").slice(0, 6)}`;
  // A name has at most 253 characters; the pod's own may fill it.
  return `${name.slice(0, 253 - suffix.length).replace(/[^a-z0-9]+$/, "")}${suffix}`;
}
