import type { ApiError } from "../../api/errors.js";
import { conflict } from "../../api/errors.js";
import { isKeyExists, isRevisionMismatch } from "../../storage/errors.js";
import type { Guard, Store } from "../../storage/interface.js";
import { translated, translateStoreError } from "../objects/store-errors.js";

/** What entitles a report stream to write: while it holds, no newer session of the node has been opened anywhere. */
export interface SessionFence {
  /** Greater than that of every earlier session: the revision at which the session was written down. */
  readonly id: number;
  /** Compared in every write of the session. */
  readonly guard: Guard;
}

const sessionKey = (nodeName: string): string => `/sessions/${nodeName}`;

/** Opens a session, by one write that ends the right of every earlier session of the node to write. */
export async function openSession(store: Store, nodeName: string, bootId: string, signal: AbortSignal): Promise<SessionFence> {
  const key = sessionKey(nodeName);
  const subject = { group: "", kind: "nodes", name: nodeName };
  const record = Buffer.from(JSON.stringify({ bootId }));
  for (;;) {
    const { value } = await translated(subject, store.get(key, signal));
    try {
      const id = value === undefined ? await store.create(key, record) : await store.update(key, record, value.revision);
      return { id, guard: { key, revision: id } };
    } catch (error: unknown) {
      // Two streams of one node open at once: the later one wins, so this one reads again.
      if (!isKeyExists(error) && !isRevisionMismatch(error)) throw translateStoreError(error, subject);
    }
  }
}

/** Whether the session is still the node's newest. */
export async function isCurrent(store: Store, { guard }: SessionFence, signal: AbortSignal): Promise<boolean> {
  const { value } = await store.get(guard.key, signal);
  return value?.revision === guard.revision;
}

/** How an older session ends when a newer one has been opened. */
export function supersededError(nodeName: string): ApiError {
  return conflict({ group: "", kind: "nodes", name: nodeName }, "a newer session of the node has been opened");
}
