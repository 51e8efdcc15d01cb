import type { Change } from "./json-api.js";

/** The next `count` changes of a watch; bookmarks are passed over. */
export async function take(watch: AsyncIterator<Change>, count: number): Promise<readonly Change[]> {
  const taken: Change[] = [];
  while (taken.length < count) {
    const { value, done } = await watch.next();
    if (done === true) throw new Error(`the watch ended after ${taken.length} of ${count} changes`);
    if (value.type !== "BOOKMARK") taken.push(value);
  }
  return taken;
}

/** A change in short: "ADDED web=1". */
export function brief({ type, object }: Change): string {
  const data = object.data as Readonly<Record<string, string>> | undefined;
  return `${type} ${object.metadata.name}${data?.step === undefined ? "" : `=${data.step}`}`;
}
