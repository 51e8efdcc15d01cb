import { Command } from "commander";
import { isApiError } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { Whole } from "../../api/object.js";
import type { ApiClient } from "../../client/contracts.js";
import type { Event } from "../../gen/howbernetes/core/v1/event.js";
import type { CliEnv } from "../cli-env.js";
import { errorText } from "../error-text.js";
import { collectList } from "../flags/parse-flag.js";
import { formatKindTables } from "../printers/kind-tables.js";
import {
  formatObject,
  formatObjectList,
  isObjectFormat,
  type KindObject,
  type ObjectFormat,
  parseObjectFormat,
} from "../printers/object-format.js";
import type { TableOptions } from "../printers/object-table.js";
import { eventsInOrder } from "../resources/events-in-order.js";
import { parseJsonPath } from "../resources/json-path.js";
import { parseResourceArguments, type ResourceArguments, type Target } from "../resources/resource-arguments.js";
import { addSelectionFlags, keyFor, type SelectionFlags, selectionOf, selectionOfOne } from "../resources/selection-flags.js";
import { sortObjects } from "../resources/sort-objects.js";
import { CommandFailure, UsageError } from "../usage-error.js";
import { type Watched, watchObjects } from "./get-watch.js";

interface GetFlags extends SelectionFlags {
  readonly output?: ObjectFormat | "wide";
  readonly watch?: boolean;
  readonly watchOnly?: boolean;
  readonly outputWatchEvents?: boolean;
  readonly headers: boolean;
  readonly showLabels?: boolean;
  readonly labelColumns?: readonly string[];
  readonly showKind?: boolean;
  readonly sortBy?: string;
  readonly ignoreNotFound?: boolean;
}

const parseOutput = (text: string): ObjectFormat | "wide" => (text === "wide" ? text : parseObjectFormat(text));

export const getCommand = (env: CliEnv): Command =>
  addSelectionFlags(new Command("get"))
    .argument("[what...]", "TYPE[,TYPE...], TYPE NAME..., or TYPE/NAME...")
    .option("-o, --output <format>", "wide, yaml, json, name or jsonpath=…", parseOutput)
    .option("-w, --watch", "go on printing every change after the list")
    .option("--watch-only", "print changes without the list first")
    .option("--output-watch-events", "with -w, say of each change whether it is ADDED, MODIFIED or DELETED")
    .option("--no-headers", "leave out the header line")
    .option("--show-labels", "add a column with the labels")
    .option("-L, --label-columns <keys>", "add a column for each of these labels, comma-separated", collectList)
    .option("--show-kind", "print names as kind/name")
    .option("--sort-by <path>", "sort by a field, as .metadata.creationTimestamp")
    .option("--ignore-not-found", "a named object that does not exist is not an error")
    .action((words: string[], flags: GetFlags) => get(parseResourceArguments(words), flags, env));

/** Prints objects; with `-w`, every later change too, until interrupted. */
export async function get(what: ResourceArguments, flags: GetFlags, env: CliEnv): Promise<void> {
  if (what.form === "targets" && (flags.selector !== undefined || flags.fieldSelector !== undefined)) {
    throw new UsageError("name cannot be provided when a selector is specified");
  }
  if (what.form === "targets" && flags.allNamespaces === true) {
    throw new UsageError("a resource cannot be retrieved by name across all namespaces");
  }
  if (flags.watch === true || flags.watchOnly === true) {
    const options = { ...flags, sort: (items: readonly KindObject[]) => sortBy(items, flags), table: tableOptions(what, flags) };
    return await watchObjects(await watched(what, flags, env), options, env);
  }

  const client = await env.client();
  const { items, failures } =
    what.form === "kinds" ? await listKinds(client, what.kinds, flags, env) : await getTargets(client, what.targets, flags, env);
  await printAll(items, what, flags, env);
  if (items.length === 0 && failures.length === 0 && !isObjectFormat(flags.output)) await sayNothingFound(what, flags, env);
  if (failures.length > 0) throw new CommandFailure(failures.join("\n"));
}

interface Found {
  readonly items: readonly KindObject[];
  readonly failures: readonly string[];
}

async function listKinds(client: ApiClient, kinds: readonly Kind[], flags: GetFlags, env: CliEnv): Promise<Found> {
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const list = await client.of(kind).list({ ...(await selectionOf(kind, flags, env)), signal: env.signal });
      return list.items.map((object) => ({ kind, object }));
    }),
  );
  return { items: lists.flatMap((items) => sortBy(items, flags)), failures: [] };
}

/** What can be had is printed, and what cannot is reported: one missing name does not hide the others. */
async function getTargets(client: ApiClient, targets: readonly Target[], flags: GetFlags, env: CliEnv): Promise<Found> {
  const items: KindObject[] = [];
  const failures: string[] = [];
  for (const { kind, name } of targets) {
    try {
      items.push({ kind, object: await client.of(kind).get(await keyFor(kind, name, env), { signal: env.signal }) });
    } catch (error: unknown) {
      if (!isApiError(error) || error.reason !== "NotFound") throw error;
      if (flags.ignoreNotFound !== true) failures.push(errorText(error));
    }
  }
  return { items: sortBy(items, flags), failures };
}

async function printAll(items: readonly KindObject[], what: ResourceArguments, flags: GetFlags, env: CliEnv): Promise<void> {
  const { output } = flags;
  if (isObjectFormat(output)) {
    const single = what.form === "targets" && what.targets.length === 1;
    const [first] = items;
    if (single ? first === undefined : items.length === 0 && output === "name") return;
    const text = single && first !== undefined ? formatObject(output, first) : formatObjectList(output, items);
    // A template says itself where lines end, as for kubectl.
    if (output.startsWith("jsonpath=")) await env.out.bytes(Buffer.from(text));
    else env.out.line(text);
    return;
  }
  for (const line of formatKindTables(items, tableOptions(what, flags), env.clock.now())) env.out.line(line);
}

async function sayNothingFound(what: ResourceArguments, flags: GetFlags, env: CliEnv): Promise<void> {
  if (what.form === "targets") return;
  const scoped = flags.allNamespaces !== true && what.kinds.some((kind) => kind.namespaced);
  env.err.line(scoped ? `No resources found in ${await env.namespace()} namespace.` : "No resources found");
}

async function watched(what: ResourceArguments, flags: GetFlags, env: CliEnv): Promise<Watched> {
  const [kind, ...otherKinds] = what.form === "kinds" ? what.kinds : what.targets.map((target) => target.kind);
  if (kind === undefined || otherKinds.length > 0) {
    throw new UsageError(
      what.form === "kinds"
        ? "you may only specify a single resource type"
        : "watch is only supported on individual resources and resource collections",
    );
  }
  const name = what.form === "targets" ? what.targets[0]?.name : undefined;
  const selection = name === undefined ? await selectionOf(kind, flags, env) : selectionOfOne(await keyFor(kind, name, env));
  return { kind, selection, name };
}

/** Unlike Kubernetes: events come in the order of time, for in the order of their names they tell no story. */
function sortBy(items: readonly KindObject[], flags: GetFlags): readonly KindObject[] {
  if (flags.sortBy !== undefined) return sortObjects(items, parseJsonPath(flags.sortBy));
  const [first] = items;
  if (first?.kind.typeName !== eventKind.typeName) return items;
  return eventsInOrder(items.map(({ object }) => object as Whole<Event>)).map((object) => ({ kind: first.kind, object }));
}

function tableOptions(what: ResourceArguments, flags: GetFlags): TableOptions {
  const kinds = what.form === "kinds" ? what.kinds : [...new Set(what.targets.map(({ kind }) => kind))];
  return {
    wide: flags.output === "wide",
    headers: flags.headers,
    namespaces: flags.allNamespaces === true && kinds.some((kind) => kind.namespaced),
    labels: flags.showLabels === true,
    labelColumns: flags.labelColumns,
    kinds: flags.showKind === true || kinds.length > 1,
    events: flags.outputWatchEvents === true,
  };
}
