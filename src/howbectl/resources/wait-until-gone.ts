import type { Kind } from "../../api/kinds/kind.js";
import { keyOf, type ObjectKey } from "../../api/object.js";
import type { ApiClient, Selection } from "../../client/contracts.js";
import { changesAfter } from "./changes-after.js";
import { selectionOfOne } from "./selection-flags.js";

/** An object whose deletion is under way. */
export interface Doomed {
  readonly kind: Kind;
  readonly key: ObjectKey;
  /** Another object that takes the name is not waited for. */
  readonly uid: string;
}

/** Resolves once every one of the objects is gone; throws an abort error when `signal` fires before. */
export async function waitUntilGone(client: ApiClient, doomed: readonly Doomed[], signal: AbortSignal): Promise<void> {
  await Promise.all(groupByScope(doomed).map((group) => waitForGroup(client, group, signal)));
}

interface Group {
  readonly kind: Kind;
  readonly namespace: string;
  readonly members: Doomed[];
}

/** One watch serves all of a kind and namespace. */
function groupByScope(doomed: readonly Doomed[]): Group[] {
  const groups: Group[] = [];
  for (const member of doomed) {
    const { kind, key } = member;
    const group = groups.find((candidate) => candidate.kind === kind && candidate.namespace === key.namespace);
    if (group === undefined) groups.push({ kind, namespace: key.namespace, members: [member] });
    else group.members.push(member);
  }
  return groups;
}

async function waitForGroup(client: ApiClient, { kind, namespace, members }: Group, signal: AbortSignal): Promise<void> {
  const [only, ...others] = members;
  const selection: Selection =
    only !== undefined && others.length === 0
      ? selectionOfOne(keyOf({ metadata: only.key }))
      : { namespace: namespace === "" ? undefined : namespace };
  const resources = client.of(kind);
  const list = await resources.list({ ...selection, signal });

  const present = new Set(list.items.map((object) => object.metadata.uid));
  const left = new Set(members.map((member) => member.uid).filter((uid) => present.has(uid)));
  if (left.size === 0) return;
  for await (const { type, object } of changesAfter(resources, selection, list, signal)) {
    if (type === "deleted") left.delete(object.metadata.uid);
    if (left.size === 0) return;
  }
  signal.throwIfAborted();
}
