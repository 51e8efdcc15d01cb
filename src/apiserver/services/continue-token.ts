import { badRequest } from "../../api/errors.js";
import type { Revision } from "../../storage/interface.js";

/** Where a list goes on: of which revision it is, and after which key of its prefix. */
export interface ContinueToken {
  /** Undefined when the list's own revision is gone: the rest is shown as it is now. */
  readonly revision: Revision | undefined;
  /** The rest of the last key, after the list's prefix: "name" or "namespace/name". */
  readonly after: string;
}

// Tokens look as Kubernetes' do: the next key that could follow the last one, at a revision, or at -1 for the present.
const version = "meta.k8s.io/v1";
const presentRevision = -1;
const successor = "\0";
// Two names of 253 characters, encoded, and some.
const maxTokenLength = 2_048;

/** Writes a token; to callers it is opaque. */
export function formatContinue({ revision, after }: ContinueToken): string {
  const token = { v: version, rv: revision ?? presentRevision, start: after + successor };
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

/** Reads a token. @throws ApiError BadRequest when it is none of ours */
export function parseContinue(text: string): ContinueToken {
  const { v, rv, start } = decode(text);
  if (v !== version) throw refused(`server does not recognize this encoded version ${String(v).slice(0, 100)}`);
  if (!Number.isSafeInteger(rv) || rv === 0) throw refused(`incorrect encoded start resourceVersion (version ${version})`);
  if (typeof start !== "string" || start === "") throw refused(`encoded start key empty (version ${version})`);
  const after = start.endsWith(successor) ? start.slice(0, -successor.length) : start;
  if (!isKeyRest(after)) throw refused(JSON.stringify(start.slice(0, 300)));
  return { revision: Number(rv) < 0 ? undefined : Number(rv), after };
}

function decode(text: string): { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown } {
  if (text.length > maxTokenLength) throw refused("too long");
  if (!/^[\w-]*$/.test(text)) throw refused("illegal base64 data");
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch (_malformed: unknown) {
    // Told below, together with JSON that is no object.
  }
  throw refused("no token was encoded");
}

const refused = (detail: string): Error => badRequest(`invalid continue token: continue key is not valid: ${detail}`);

// A token comes back from outside: it must not lead out of the prefix that it is applied to.
const isKeyRest = (after: string): boolean =>
  /^[^/\0]{1,253}(\/[^/\0]{1,253})?$/.test(after) && !after.split("/").some((part) => part === "." || part === "..");
