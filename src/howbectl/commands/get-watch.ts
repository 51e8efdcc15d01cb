import { notFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { isAbort, throwIfAborted } from "../../base/abort.js";
import type { Selection } from "../../client/contracts.js";
import type { CliEnv } from "../cli-env.js";
import { deadlineSignal } from "../deadline-signal.js";
import { CustomColumnsTable } from "../printers/custom-columns.js";
import { customColumnsOf, type GetOutput } from "../printers/get-output.js";
import { formatObject, formatWatchEvent, isObjectFormat, type KindObject } from "../printers/object-format.js";
import { ObjectTable, type TableOptions } from "../printers/object-table.js";
import { type Change, changesAfter } from "../resources/changes-after.js";

/** What is watched: objects of one kind, perhaps one by name. */
export interface Watched {
  readonly kind: Kind;
  readonly selection: Selection;
  readonly name: string | undefined;
}

export interface WatchFlags {
  readonly output?: GetOutput;
  readonly headers: boolean;
  readonly showManagedFields?: boolean;
  /** Leave out what is there already. */
  readonly watchOnly?: boolean;
  /** Say the kind of each change. */
  readonly outputWatchEvents?: boolean;
  readonly table: TableOptions;
  /** Puts what is there already in order. */
  sort(items: readonly KindObject[]): readonly KindObject[];
}

/** Prints what is there and then every change, by one list and one watch, until interrupted or `--request-timeout` is over. */
export async function watchObjects({ kind, selection, name }: Watched, flags: WatchFlags, env: CliEnv): Promise<void> {
  const client = (await env.client()).of(kind);
  const list = await client.list({ ...selection, signal: env.signal });
  if (name !== undefined && list.items.length === 0) throw notFound({ group: kind.group, kind: kind.plural, name });

  const print = createPrinter(kind, flags, env);
  const present = flags.sort(list.items.map((object) => ({ kind, object })));
  if (flags.watchOnly !== true) print(present.map(({ object }) => ({ type: "added", object })));
  const deadline = deadlineSignal(env.flags.requestTimeout || undefined, env);
  try {
    for await (const change of changesAfter(client, selection, list, deadline.signal)) print([change]);
  } catch (error: unknown) {
    if (!isAbort(error)) throw error;
  } finally {
    deadline.cancel();
  }
  throwIfAborted(env.signal);
}

type Print = (changes: readonly Change<KindObject["object"]>[]) => void;

function createPrinter(kind: Kind, flags: WatchFlags, env: CliEnv): Print {
  const { output, outputWatchEvents, showManagedFields, table: options } = flags;
  if (isObjectFormat(output)) {
    return (changes) => {
      for (const { type, object } of changes) {
        const item = { kind, object };
        const text =
          outputWatchEvents === true
            ? formatWatchEvent(output, type, item, showManagedFields)
            : formatObject(output, item, showManagedFields);
        env.out.line((output === "yaml" ? "---\n" : "") + text);
      }
    };
  }
  const custom = customColumnsOf(output);
  if (custom !== undefined) {
    const table = new CustomColumnsTable(custom, flags.headers);
    return (changes) => {
      for (const line of table.rows(changes.map(({ object }) => ({ kind, object })))) env.out.line(line);
    };
  }
  const table = new ObjectTable(kind, options);
  return (changes) => {
    for (const line of table.rows(changes, env.clock.now())) env.out.line(line);
  };
}
