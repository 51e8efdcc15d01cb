import type { Finding, ObjectRef } from "./finding.js";

/** What a finding has to say; the rest follows. */
export type FindingDraft = Pick<Finding, "code" | "headline"> & Partial<Finding>;

/** A finding about what is wrong. */
export function problem(about: ObjectRef, draft: FindingDraft): Finding {
  return { about, problem: true, evidence: [], suggestions: [], ...draft };
}

/** A finding about what is as it should be, or will be by itself. */
export function remark(about: ObjectRef, draft: FindingDraft): Finding {
  return { ...problem(about, draft), problem: false };
}
