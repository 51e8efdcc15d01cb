import type { Fields, Observed, Operation, Outcome, Request, WatchRecord } from "./operation.js";

/** Makes operations one after the other; `during` gives the moments by hand. */
export class OperationBuilder {
  #tick = 0;

  op(client: string, request: Request, outcome: Outcome, key = "k"): Operation {
    const [called, returned] = [++this.#tick, ++this.#tick];
    return { client, key, request, outcome, called, returned };
  }

  during(called: number, returned: number, client: string, rest: Pick<Operation, "request" | "outcome">, key = "k"): Operation {
    return { client, key, ...rest, called, returned };
  }
}

export const ok = (revision: number, fields: Fields): Outcome => ({ result: "ok", revision, fields });
export const create = (fields: Fields): Request => ({ verb: "create", fields });
export const update = (ifRevision: number, fields: Fields): Request => ({ verb: "update", ifRevision, fields });
export const patch = (field: string, value: number): Request => ({ verb: "patch", field, value });
export const get: Request = { verb: "get" };
export const remove: Request = { verb: "delete" };

export const event = (type: Observed["type"], revision: number, fields: Fields, key = "k"): Observed => ({ type, key, revision, fields });

export function watch(
  events: readonly Observed[],
  { watcher = "w", initial = [], from = 0, until = 1_000 }: Partial<WatchRecord> = {},
): WatchRecord {
  return { watcher, initial, from, events, until };
}
