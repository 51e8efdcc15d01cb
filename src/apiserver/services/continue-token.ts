import { badRequest } from "../../api/errors.js";
import type { Revision } from "../../storage/interface.js";

/** Where a list goes on: of which revision it is, and after which key of its prefix. */
export interface ContinueToken {
  readonly revision: Revision;
  /** The rest of the last key, after the list's prefix: "name" or "namespace/name". */
  readonly after: string;
}

const version = 1;

/** Writes a token; to callers it is opaque. */
export function formatContinue({ revision, after }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: version, rv: revision, after })).toString("base64url");
}

/** Reads a token. @throws ApiError BadRequest when it is none of ours */
export function parseContinue(text: string): ContinueToken {
  const token = decode(text);
  const { v, rv, after } = token ?? {};
  if (v !== version || !Number.isSafeInteger(rv) || typeof after !== "string" || !isKeyRest(after)) {
    throw badRequest("continue key is not valid");
  }
  return { revision: rv as number, after };
}

function decode(text: string): Record<string, unknown> | undefined {
  if (text.length > 2_048) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (_malformed: unknown) {
    return undefined;
  }
}

// A token comes back from outside: it must not lead out of the prefix that it is applied to.
const isKeyRest = (after: string): boolean => /^[^/\0]{1,253}(\/[^/\0]{1,253})?$/.test(after) && !after.split("/").includes("..");
