import { Command } from "commander";
import { isApiError } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ObjectKey, Whole } from "../../api/object.js";
import type { ApiClient } from "../../client/contracts.js";
import type { Event } from "../../gen/howbernetes/core/v1/event.js";
import type { CliEnv } from "../cli-env.js";
import { Failures } from "../failures.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { collectList, parseCount } from "../flags/parse-flag.js";
import { addSubresourceFlag } from "../flags/subresource-flag.js";
import { nameOf, namespaceOf } from "../manifests/for-each-manifest.js";
import { parseManifests } from "../manifests/manifest.js";
import { readManifestFiles } from "../manifests/manifest-files.js";
import { CustomColumnsTable } from "../printers/custom-columns.js";
import { customColumnsOf, type GetOutput, parseGetOutput } from "../printers/get-output.js";
import { formatKindTables } from "../printers/kind-tables.js";
import { formatObject, formatObjectList, isObjectFormat, isTemplate, type KindObject } from "../printers/object-format.js";
import type { TableOptions } from "../printers/object-table.js";
import { eventsInOrder } from "../resources/events-in-order.js";
import { readObject } from "../resources/object-calls.js";
import { parseResourceArguments } from "../resources/resource-arguments.js";
import { addSelectionFlags, keyFor, type SelectionFlags, selectionOf, selectionOfOne } from "../resources/selection-flags.js";
import { sortObjects } from "../resources/sort-objects.js";
import { UsageError } from "../usage-error.js";
import { type Watched, watchObjects } from "./get-watch.js";

interface GetFlags extends SelectionFlags, FileFlags {
  readonly output?: GetOutput;
  readonly watch?: boolean;
  readonly watchOnly?: boolean;
  readonly outputWatchEvents?: boolean;
  readonly headers: boolean;
  readonly showLabels?: boolean;
  readonly labelColumns?: readonly string[];
  readonly showKind?: boolean;
  readonly showManagedFields?: boolean;
  readonly sortBy?: string;
  readonly ignoreNotFound?: boolean;
  readonly chunkSize: number;
  readonly subresource?: string;
}

export const getCommand = (env: CliEnv): Command =>
  addSubresourceFlag(addFileFlags(addSelectionFlags(new Command("get"))))
    .argument("[what...]", "TYPE[,TYPE...], TYPE NAME..., or TYPE/NAME...")
    .option(
      "-o, --output <format>",
      "wide, yaml, json, name, jsonpath=…, jsonpath-as-json=…, jsonpath-file=PATH, custom-columns=… or custom-columns-file=PATH",
      parseGetOutput,
    )
    .option("-w, --watch", "go on printing every change after the list")
    .option("--watch-only", "print changes without the list first")
    .option("--output-watch-events", "with -w, say of each change whether it is ADDED, MODIFIED or DELETED")
    .option("--no-headers", "leave out the header line")
    .option("--show-labels", "add a column with the labels")
    .option("-L, --label-columns <keys>", "add a column for each of these labels, comma-separated", collectList)
    .option("--show-kind", "print names as kind/name")
    .option("--show-managed-fields", "in YAML and JSON, also show who owns which field")
    .option("--sort-by <path>", "sort by a field, as .metadata.creationTimestamp")
    .option("--chunk-size <count>", "objects to ask the server for at a time; 0: all at once", parseCount, 500)
    .option("--ignore-not-found", "a named object that does not exist is not an error")
    .action((words: string[], flags: GetFlags) => get(words, flags, env));

/** What is to be printed: certain objects, or all (that flags select) of some kinds. */
type Wanted =
  | { readonly form: "kinds"; readonly kinds: readonly Kind[] }
  | { readonly form: "places"; readonly places: readonly { readonly kind: Kind; readonly key: ObjectKey }[] };

/** Prints objects; with `-w`, every later change too, until interrupted. */
export async function get(words: readonly string[], flags: GetFlags, env: CliEnv): Promise<void> {
  if (flags.outputWatchEvents === true && flags.watch !== true && flags.watchOnly !== true) {
    throw new UsageError("--output-watch-events option can only be used with --watch or --watch-only");
  }
  const failures = new Failures();
  const wanted = flags.filename === undefined ? await wantedByWords(words, flags, env) : await wantedByFiles(words, flags, failures, env);
  if (flags.watch === true || flags.watchOnly === true) {
    const options = { ...flags, sort: (items: readonly KindObject[]) => sortBy(items, flags), table: tableOptions(wanted, flags) };
    return await watchObjects(await watched(wanted, flags, env), options, env);
  }

  const items = wanted.form === "kinds" ? await listKinds(wanted.kinds, flags, env) : await getPlaces(wanted.places, flags, failures, env);
  await printAll(items, wanted, flags, env);
  if (items.length === 0 && failures.isEmpty && !isObjectFormat(flags.output)) await sayNothingFound(wanted, flags, env);
  failures.throwIfAny();
}

async function wantedByWords(words: readonly string[], flags: GetFlags, env: CliEnv): Promise<Wanted> {
  const what = parseResourceArguments(words);
  if (what.form === "kinds") {
    if (flags.subresource !== undefined) throw new UsageError("subresource cannot be used when bulk resources are specified");
    return what;
  }
  if (flags.selector !== undefined || flags.fieldSelector !== undefined) {
    throw new UsageError("name cannot be provided when a selector is specified");
  }
  if (flags.allNamespaces === true) throw new UsageError("a resource cannot be retrieved by name across all namespaces");
  const places = what.targets.map(async ({ kind, name }) => ({ kind, key: await keyFor(kind, name, env) }));
  return { form: "places", places: await Promise.all(places) };
}

async function wantedByFiles(words: readonly string[], flags: GetFlags, failures: Failures, env: CliEnv): Promise<Wanted> {
  if (words.length > 0)
    throw new UsageError("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well");
  const places: { readonly kind: Kind; readonly key: ObjectKey }[] = [];
  for (const parsed of (await readManifestFiles(flags.filename ?? [], env, flags.recursive)).flatMap(parseManifests)) {
    if ("error" in parsed) failures.add(parsed.error);
    else {
      const { manifest } = parsed;
      await failures.attempt(async () => {
        places.push({ kind: manifest.kind, key: { namespace: await namespaceOf(manifest, env), name: nameOf(manifest) } });
      });
    }
  }
  return { form: "places", places };
}

async function listKinds(kinds: readonly Kind[], flags: GetFlags, env: CliEnv): Promise<readonly KindObject[]> {
  const client: ApiClient = await env.client();
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const selection = await selectionOf(kind, flags, env);
      const list = await client.of(kind).list({ ...selection, pageSize: flags.chunkSize, signal: env.signal });
      return list.items.map((object) => ({ kind, object }));
    }),
  );
  return lists.flatMap((items) => sortBy(items, flags));
}

/** What can be had is printed, and what cannot is reported: one missing name does not hide the others. */
async function getPlaces(
  places: readonly { readonly kind: Kind; readonly key: ObjectKey }[],
  flags: GetFlags,
  failures: Failures,
  env: CliEnv,
): Promise<readonly KindObject[]> {
  const items: KindObject[] = [];
  for (const place of places) {
    await failures.attempt(async () => {
      try {
        items.push(await readObject({ ...place, subresource: flags.subresource }, env));
      } catch (error: unknown) {
        if (flags.ignoreNotFound !== true || !isApiError(error) || error.reason !== "NotFound") throw error;
      }
    });
  }
  return sortBy(items, flags);
}

async function printAll(items: readonly KindObject[], wanted: Wanted, flags: GetFlags, env: CliEnv): Promise<void> {
  const { output, showManagedFields } = flags;
  if (isObjectFormat(output)) {
    const single = wanted.form === "places" && wanted.places.length === 1;
    const [first] = items;
    if (single ? first === undefined : items.length === 0 && output === "name") return;
    const text =
      single && first !== undefined ? formatObject(output, first, showManagedFields) : formatObjectList(output, items, showManagedFields);
    if (isTemplate(output)) await env.out.bytes(Buffer.from(text));
    else env.out.line(text);
    return;
  }
  const custom = customColumnsOf(output);
  const lines =
    custom === undefined
      ? formatKindTables(items, tableOptions(wanted, flags), env.clock.now())
      : items.length === 0
        ? []
        : new CustomColumnsTable(custom, flags.headers).rows(items);
  for (const line of lines) env.out.line(line);
}

async function sayNothingFound(wanted: Wanted, flags: GetFlags, env: CliEnv): Promise<void> {
  if (wanted.form === "places" || flags.ignoreNotFound === true) return;
  const scoped = flags.allNamespaces !== true && wanted.kinds.some((kind) => kind.namespaced);
  env.err.line(scoped ? `No resources found in ${await env.namespace()} namespace.` : "No resources found");
}

async function watched(wanted: Wanted, flags: GetFlags, env: CliEnv): Promise<Watched> {
  if (wanted.form === "kinds") {
    const [kind, ...others] = wanted.kinds;
    if (kind === undefined || others.length > 0) throw new UsageError("you may only specify a single resource type");
    return { kind, selection: await selectionOf(kind, flags, env), name: undefined };
  }
  const [place, ...others] = wanted.places;
  if (place === undefined || others.length > 0) {
    throw new UsageError("watch is only supported on individual resources and resource collections - more than 1 resource was found");
  }
  if (flags.subresource !== undefined) throw new UsageError("a subresource cannot be watched");
  return { kind: place.kind, selection: selectionOfOne(place.key), name: place.key.name };
}

/** Unlike Kubernetes: events come in the order of time, for in the order of their names they tell no story. */
function sortBy(items: readonly KindObject[], flags: GetFlags): readonly KindObject[] {
  if (flags.sortBy !== undefined) return sortObjects(items, flags.sortBy);
  const [first] = items;
  if (first?.kind.typeName !== eventKind.typeName) return items;
  return eventsInOrder(items.map(({ object }) => object as Whole<Event>)).map((object) => ({ kind: first.kind, object }));
}

function tableOptions(wanted: Wanted, flags: GetFlags): TableOptions {
  const kinds = wanted.form === "kinds" ? wanted.kinds : [...new Set(wanted.places.map(({ kind }) => kind))];
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
