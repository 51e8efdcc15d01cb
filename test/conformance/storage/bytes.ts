/** Text as a stored value. */
export function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

/** A stored value as text. */
export function text(value: { readonly value: Uint8Array } | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value.value).toString();
}
