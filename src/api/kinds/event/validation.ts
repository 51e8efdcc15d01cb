import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, required, tooLong, unsupported } from "../../validation/field-error.js";
import { qualifiedNameProblems } from "../../validation/names.js";
import { timeToMs } from "../../values/time.js";

const types: readonly string[] = ["Normal", "Warning"];

/** Where events about cluster-scoped objects, such as nodes, are kept. */
const clusterEventNamespaces: readonly string[] = ["default", "kube-system"];

const wordMaxBytes = 128;
const messageMaxBytes = 1024;

/** Every error of an Event: of the strict rules only those of a recorder of the newer kind, which fills eventTime. */
export function validateEvent(event: Whole<Event>): FieldError[] {
  const { type = "", eventTime } = event;
  return [
    ...validateInvolvedNamespace(event),
    ...(types.includes(type) ? [] : [unsupported("type", type, types)]),
    ...((timeToMs(eventTime) ?? 0) === 0 ? [] : validateStrictly(event)),
  ];
}

function validateInvolvedNamespace({ metadata: { namespace }, involvedObject }: Whole<Event>): FieldError[] {
  const involved = involvedObject?.namespace ?? "";
  const belongs = involved === "" ? clusterEventNamespaces.includes(namespace) : involved === namespace;
  return belongs ? [] : [invalidValue("involvedObject.namespace", involved, "does not match event.namespace")];
}

function validateStrictly(event: Whole<Event>): FieldError[] {
  const { reportingComponent = "", reportingInstance, action, reason, message = "" } = event;
  return [
    ...(reportingComponent === "" ? [required("reportingController")] : []),
    ...(reportingComponent === ""
      ? []
      : qualifiedNameProblems(reportingComponent).map((problem) => invalidValue("reportingController", reportingComponent, problem))),
    ...validateWord(reportingInstance, "reportingInstance"),
    ...validateWord(action, "action"),
    ...validateWord(reason, "reason"),
    ...(Buffer.byteLength(message) > messageMaxBytes ? [tooLong("message", messageMaxBytes)] : []),
  ];
}

function validateWord(word: string | undefined, path: string): FieldError[] {
  if (!word) return [required(path)];
  return Buffer.byteLength(word) > wordMaxBytes ? [tooLong(path, wordMaxBytes)] : [];
}
