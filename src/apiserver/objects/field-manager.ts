import { invalid } from "../../api/errors.js";
import { invalidValue, tooLong } from "../../api/validation/field-error.js";
import type { Caller } from "../../rpc/contracts.js";

/** Kubernetes' bound on a manager's name. */
const maxManagerBytes = 128;
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/**
 * Who is answerable for the fields that a call sets: whom it names, else the caller by the name in its certificate.
 * (Kubernetes takes the beginning of the user agent, which with gRPC names a library.)
 * @throws ApiError Invalid; `options` is how Kubernetes calls the call's options, as "PatchOptions"
 */
export function fieldManagerOf(named: string, caller: Caller, options: string): string {
  if (named === "") return caller.name.replaceAll(unprintable, "").slice(0, maxManagerBytes) || "unknown";
  const subject = { group: "meta.k8s.io", kind: options, name: "" };
  if (Buffer.byteLength(named) > maxManagerBytes) {
    throw invalid(subject, [tooLong("fieldManager", maxManagerBytes)]);
  }
  const [bad] = named.match(unprintable) ?? [];
  if (bad === undefined) return named;
  const code = (bad.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const position = Buffer.byteLength(named.slice(0, named.indexOf(bad)));
  throw invalid(subject, [invalidValue("fieldManager", named, `invalid character U+${code} (at position ${position})`)]);
}
