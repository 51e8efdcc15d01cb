import { isExpired } from "../../src/api/errors.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { isAbort } from "../../src/base/abort.js";
import type { RemoteApiClient } from "../../src/client/index.js";
import type { Observed } from "../history/operation.js";
import type { Recorder, WatchRecording } from "../history/recorder.js";
import { namespace, observed } from "./config-map-register.js";

/** A watcher of all ConfigMaps, recording what it sees. */
export interface Watcher {
  /** Resolves once it has seen the object of this name added. */
  saw(name: string): Promise<void>;
  /** How often history had gone from under it, so that it began anew. */
  readonly expirations: number;
  stop(): Promise<void>;
}

/** Starts a watcher. When history has gone it begins a new record, as an informer lists anew. */
export function startWatcher(name: string, client: RemoteApiClient, recorder: Recorder): Watcher {
  const stopping = new AbortController();
  const seen = new Set<string>();
  const waiting = new Map<string, () => void>();
  let expirations = 0;
  const note = (event: Observed): void => {
    seen.add(event.key);
    waiting.get(event.key)?.();
  };
  const running = (async () => {
    for (;;) {
      try {
        await record({ name: `${name}/${expirations}`, client, recorder, note, signal: stopping.signal });
      } catch (error: unknown) {
        if (isAbort(error)) return;
        if (!isExpired(error)) throw error;
        expirations += 1;
      }
    }
  })();
  // A failure shows where it is awaited: when it has ended, nothing more will be seen.
  const failed = running.then(
    () => new Error(`${name} was stopped`),
    (error: unknown) => error,
  );
  return {
    saw: async (key) => {
      if (seen.has(key)) return;
      const shown = new Promise<undefined>((resolve) => waiting.set(key, () => resolve(undefined)));
      const failure = await Promise.race([shown, failed]);
      if (failure !== undefined) throw failure;
    },
    get expirations() {
      return expirations;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

interface Recording {
  readonly name: string;
  readonly client: RemoteApiClient;
  readonly recorder: Recorder;
  readonly note: (event: Observed) => void;
  readonly signal: AbortSignal;
}

async function record({ name, client, recorder, note, signal }: Recording): Promise<void> {
  const initial = new Map<string, Observed>();
  let recording: WatchRecording | undefined;
  for await (const event of client.of(configMapKind).watch({ namespace, signal })) {
    if (event.type === "bookmark") {
      const revision = Number(event.resourceVersion);
      if (recording !== undefined) recording.bookmark(revision);
      else if (event.initialEnd) recording = recorder.watch(name, [...initial.values()], revision);
      continue;
    }
    const shown = observed(event.type, event.object);
    if (recording !== undefined) recording.event(shown, event.continued);
    else if (shown.type === "deleted") initial.delete(shown.key);
    else initial.set(shown.key, { ...shown, type: "added" });
    note(shown);
  }
}
