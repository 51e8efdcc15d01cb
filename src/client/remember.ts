// client-go's. What was not repeated for the longest time is forgotten first.
const maxRemembered = 4_096;

/** Puts a value into a map as the one used last; when there are too many, the one that was not used for longest goes. */
export function remember<V>(memory: Map<string, V>, key: string, value: V): void {
  memory.delete(key);
  memory.set(key, value);
  const [oldest] = memory.keys();
  if (memory.size > maxRemembered && oldest !== undefined) memory.delete(oldest);
}
