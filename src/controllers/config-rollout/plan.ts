import { type ConfigReference, referenceId } from "../../api/kinds/pod/config-references.js";
import { shortHash } from "./data-hash.js";

/** A workload's configuration: what it was, as annotated, and what it is. */
export interface ConfigView {
  readonly references: readonly ConfigReference[];
  /** The hash of what an object holds; undefined when there is no such object. */
  readonly hashOf: (reference: ConfigReference) => string | undefined;
  /** The workload's annotation: what was last acted upon. */
  readonly seen: string | undefined;
  /** The template's annotation. */
  readonly rolledFor: string | undefined;
}

/** What to write; undefined when all is as it was. */
export type ConfigPlan =
  | undefined
  /** What is there has been seen. Nothing rolls. */
  | { readonly kind: "record"; readonly seen: string }
  /** Something has changed: the template gets another hash. */
  | { readonly kind: "roll"; readonly seen: string; readonly hash: string; readonly changed: readonly string[] };

const absent = "-";

/**
 * Compares each object with what was last acted upon, not the template with what there is: so a template that was
 * brought back by `rollout undo` stays as it is until some object changes again. What is named for the first time is
 * only noted, for the template that names it is new itself.
 */
export function planConfigRollout({ references, hashOf, seen, rolledFor }: ConfigView): ConfigPlan {
  const before = parseSeen(seen);
  const changed: string[] = [];
  const now = references.map((reference) => {
    const was = before.get(referenceId(reference));
    const is = presentHash(reference, hashOf(reference), was);
    if (was !== undefined && was !== is && !startedWithIt(reference, was)) changed.push(referenceId(reference));
    return `${referenceId(reference)}:${is}`;
  });
  const text = now.join(",");
  if (changed.length === 0) return text === (seen ?? "") ? undefined : { kind: "record", seen: text };
  return { kind: "roll", seen: text, hash: anotherThan(rolledFor, shortHash(text)), changed };
}

/** That what pods need is gone is no reason to restart them: they could not start. It counts when it is back. */
function presentHash({ optional }: ConfigReference, is: string | undefined, was: string | undefined): string {
  if (is !== undefined) return is;
  return optional ? absent : (was ?? absent);
}

/** Pods that need what was not there have waited for it: they start with it without being replaced. */
function startedWithIt({ optional }: ConfigReference, was: string): boolean {
  return was === absent && !optional;
}

/**
 * After an undo, what changes may come to what the old template was rolled for. Its pods have not started with that:
 * they have to roll all the same, so that the hash must be another one.
 */
function anotherThan(rolledFor: string | undefined, hash: string): string {
  return rolledFor === hash ? `${hash}.2` : hash;
}

function parseSeen(text = ""): ReadonlyMap<string, string> {
  return new Map(
    text.split(",").flatMap((entry): (readonly [string, string])[] => {
      const [, id, hash] = /^(.+):([^:]+)$/.exec(entry) ?? [];
      return id === undefined || hash === undefined ? [] : [[id, hash]];
    }),
  );
}
