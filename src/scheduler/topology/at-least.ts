/** The array, or when it ends before `length` a copy that does not, of twice the length: the added elements are `fill`. */
export function atLeast<T extends Int32Array | Uint8Array>(array: T, length: number, fill = 0): T {
  if (array.length >= length) return array;
  const longer = new (array.constructor as new (length: number) => T)(Math.max(length, 2 * array.length));
  longer.set(array);
  longer.fill(fill, array.length);
  return longer;
}
