import type { ApiObject, Whole } from "../../api/object.js";
import type { ObjectFacts } from "./facts.js";
import type { Finding, ObjectRef } from "./finding.js";
import { refOf } from "./suggestions.js";

/** An object to be diagnosed, as what it is. */
export interface ObjectCase<T extends ApiObject> extends ObjectFacts {
  readonly nowMs: number;
  readonly ref: ObjectRef;
  readonly object: Whole<T>;
}

/** An object's case; that it is a T is the caller's word. */
export function objectCase<T extends ApiObject>(facts: ObjectFacts, nowMs: number): ObjectCase<T> {
  return { ...facts, nowMs, ref: refOf(facts.subject), object: facts.subject.object as unknown as Whole<T> };
}

/** What state an object is in, in words, and why. */
export interface ObjectDiagnosis {
  readonly is: string;
  readonly findings: readonly Finding[];
}

/** How many, with the right form of the noun: "1 pod", "3 pods". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
