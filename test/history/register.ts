import { type Fields, formatFields, type Operation, sameFields } from "./operation.js";

/** What one key may hold between two operations. */
export interface Register {
  /** Absent: there is no object. */
  readonly fields: Fields | undefined;
  /** Of the object, or of its deletion; undefined after a write whose answer was lost. */
  readonly revision: number | undefined;
  /** No later revision may be lower than this. */
  readonly floor: number;
}

/** A key that was never written. */
export const emptyRegister: Register = { fields: undefined, revision: undefined, floor: 0 };

/** A register as text, the same for the same state. */
export function formatRegister({ fields, revision, floor }: Register): string {
  return `${fields === undefined ? "absent" : formatFields(fields)}@${revision ?? "?"}>${floor}`;
}

/**
 * The register after an operation that took effect at this point, or undefined where it cannot have: its answer would
 * have been another. This is the whole specification of a key: create once, compare and swap, no lost field,
 * resourceVersions that only grow.
 */
export function step(register: Register, { request, outcome }: Operation): Register | undefined {
  switch (outcome.result) {
    case "unknown":
      return afterUnanswered(register, request);
    case "exists":
      return request.verb === "create" && register.fields !== undefined ? register : undefined;
    case "absent":
      return register.fields === undefined ? register : undefined;
    case "conflict":
      return isConflict(register, request) ? register : undefined;
    case "ok":
      return afterAnswered(register, request, outcome);
  }
}

type Request = Operation["request"];

function isConflict(register: Register, request: Request): boolean {
  if (request.verb !== "update" && request.verb !== "delete") return false;
  if (register.fields === undefined || request.ifRevision === undefined) return false;
  return register.revision === undefined || register.revision !== request.ifRevision;
}

function afterAnswered(
  register: Register,
  request: Request,
  answer: { readonly revision: number; readonly fields: Fields },
): Register | undefined {
  if (request.verb === "get") return afterRead(register, answer);
  const next = contentAfter(register, request);
  if (next === undefined) return undefined;
  if (request.verb === "delete") {
    // The answer shows the object as it was last, at the revision of its deletion.
    const isRight = register.fields !== undefined && sameFields(register.fields, answer.fields) && answer.revision > register.floor;
    return isRight ? { fields: undefined, revision: undefined, floor: answer.revision } : undefined;
  }
  if (next.fields === undefined || !sameFields(next.fields, answer.fields)) return undefined;
  // A write that changes nothing is not stored and keeps its revision.
  const isSame = register.fields !== undefined && sameFields(register.fields, answer.fields);
  if (isSame) return afterRead(register, answer);
  return answer.revision > register.floor ? { fields: answer.fields, revision: answer.revision, floor: answer.revision } : undefined;
}

function afterRead(register: Register, answer: { readonly revision: number; readonly fields: Fields }): Register | undefined {
  if (register.fields === undefined || !sameFields(register.fields, answer.fields)) return undefined;
  if (register.revision !== undefined) return register.revision === answer.revision ? register : undefined;
  return answer.revision > register.floor ? { ...register, revision: answer.revision, floor: answer.revision } : undefined;
}

function afterUnanswered(register: Register, request: Request): Register | undefined {
  if (request.verb === "get") return register;
  const next = contentAfter(register, request);
  return next === undefined ? undefined : { fields: next.fields, revision: undefined, floor: register.floor };
}

/** What a write makes of the content; undefined where it would have been refused. */
function contentAfter(register: Register, request: Exclude<Request, { verb: "get" }>): { readonly fields: Fields | undefined } | undefined {
  const { fields } = register;
  switch (request.verb) {
    case "create":
      return fields === undefined ? { fields: request.fields } : undefined;
    case "update":
      return fields === undefined || !mayBeAt(register, request.ifRevision) ? undefined : { fields: request.fields };
    case "patch":
      return fields === undefined ? undefined : { fields: { ...fields, [request.field]: request.value } };
    case "delete":
      if (fields === undefined) return undefined;
      return request.ifRevision === undefined || mayBeAt(register, request.ifRevision) ? { fields: undefined } : undefined;
  }
}

function mayBeAt({ revision, floor }: Register, wanted: number): boolean {
  return revision === undefined ? wanted > floor : revision === wanted;
}
