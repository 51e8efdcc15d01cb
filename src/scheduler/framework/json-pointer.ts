/** The place of a field, by RFC 6901: `/spec/nodeSelector/example.com~1disk`. */
export function jsonPointer(...segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
