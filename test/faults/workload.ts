import type { RemoteApiClient } from "../../src/client/index.js";
import type { Fields, Outcome, Request } from "../history/operation.js";
import type { Recorder } from "../history/recorder.js";
import { perform } from "./config-map-register.js";
import { pick, seededRandom } from "./seed.js";

export interface WorkloadClient {
  readonly name: string;
  /** Tries each call once, so that a lost answer is known to be lost. */
  readonly hasty: RemoteApiClient;
  /** Tries for as long as an outage may last. */
  readonly patient: RemoteApiClient;
}

export interface WorkloadOptions {
  readonly recorder: Recorder;
  readonly keys: readonly string[];
  readonly operations: number;
  readonly seed: number;
}

/** One client's share of the load: creates, swaps, patches, deletions and reads of a few keys that all clients share. */
export async function runClient(client: WorkloadClient, { recorder, keys, operations, seed }: WorkloadOptions): Promise<void> {
  const random = seededRandom(seed);
  /** What this client last saw of each key. */
  const seen = new Map<string, Extract<Outcome, { result: "ok" }>>();
  for (let number = 1; number <= operations; number += 1) {
    const key = pick(keys, random);
    const request = chooseRequest({ client: client.name, number, last: seen.get(key) }, random);
    const outcome = await recorder.operation(client.name, key, request, () => perform(client.hasty, key, request));
    if (outcome.result === "ok" && request.verb !== "delete") seen.set(key, outcome);
    if (outcome.result === "absent" || request.verb === "delete") seen.delete(key);
    // What is not known is looked at, as soon as there is someone to ask.
    if (outcome.result === "unknown")
      await recorder.operation(client.name, key, { verb: "get" }, () => perform(client.patient, key, { verb: "get" }));
  }
}

interface Situation {
  readonly client: string;
  readonly number: number;
  readonly last: { readonly revision: number; readonly fields: Fields } | undefined;
}

function chooseRequest({ client, number, last }: Situation, random: () => number): Request {
  const chance = random();
  if (chance < 0.2) return { verb: "create", fields: { [client]: number } };
  if (chance < 0.5) return { verb: "patch", field: client, value: number };
  if (chance < 0.75 && last !== undefined) {
    return { verb: "update", ifRevision: last.revision, fields: { ...last.fields, [client]: number } };
  }
  if (chance < 0.82) return last !== undefined && random() < 0.5 ? { verb: "delete", ifRevision: last.revision } : { verb: "delete" };
  return { verb: "get" };
}
