import { Event } from "../../../gen/howbernetes/core/v1/event.js";
import type { Kind } from "../kind.js";
import { eventColumns } from "./columns.js";
import { applyEventDefaults } from "./defaults.js";
import { validateEvent } from "./validation.js";

/** Something that happened to an object, for people to read. */
export const eventKind: Kind<Event> = {
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  singular: "event",
  shortNames: ["ev"],
  categories: [],
  namespaced: true,
  hasStatus: false,
  // Unlike Kubernetes: they are written all the time, by one writer each, and hardly ever applied.
  ownersFromFirstApply: true,
  message: Event,
  typeName: "howbernetes.core.v1.Event",
  selectableFields: {
    "involvedObject.kind": ({ involvedObject }) => involvedObject?.kind ?? "",
    "involvedObject.namespace": ({ involvedObject }) => involvedObject?.namespace ?? "",
    "involvedObject.name": ({ involvedObject }) => involvedObject?.name ?? "",
    "involvedObject.uid": ({ involvedObject }) => involvedObject?.uid ?? "",
    "involvedObject.apiVersion": ({ involvedObject }) => involvedObject?.apiVersion ?? "",
    "involvedObject.resourceVersion": ({ involvedObject }) => involvedObject?.resourceVersion ?? "",
    "involvedObject.fieldPath": ({ involvedObject }) => involvedObject?.fieldPath ?? "",
    reason: ({ reason }) => reason ?? "",
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? "",
    source: ({ source, reportingComponent }) => source?.component || reportingComponent || "",
    type: ({ type }) => type ?? "",
  },
  columns: eventColumns,
  applyDefaults: applyEventDefaults,
  validate: validateEvent,
  validateUpdate: () => [],
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
