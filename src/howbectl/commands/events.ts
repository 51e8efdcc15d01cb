import { Command } from "commander";
import { isNotFound } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { Whole } from "../../api/object.js";
import { throwIfAborted } from "../../base/abort.js";
import type { Selection } from "../../client/contracts.js";
import type { Event } from "../../gen/howbernetes/core/v1/event.js";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import { collectList, parseCount } from "../flags/parse-flag.js";
import { addOutputFlags } from "../flags/write-flags.js";
import { eventAgeCell } from "../printers/describe/events.js";
import { formatObject, formatObjectList, isTemplate, type KindObject, type OutputFlags } from "../printers/object-format.js";
import { TableWriter } from "../printers/table.js";
import { changesAfter } from "../resources/changes-after.js";
import { eventsInOrder } from "../resources/events-in-order.js";
import { parseTargets, type Target } from "../resources/resource-arguments.js";
import { keyFor } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";

interface EventsFlags extends OutputFlags {
  readonly allNamespaces?: boolean;
  readonly for?: string;
  readonly types?: readonly string[];
  readonly watch?: boolean;
  readonly headers: boolean;
  readonly chunkSize: number;
}

export const eventsCommand = (env: CliEnv): Command =>
  addExamples(
    addOutputFlags(new Command("events"))
      .option("--for <type/name>", "only what is about this object")
      .option("--types <types>", "only these types, comma-separated: Normal, Warning", collectList)
      .option("-w, --watch", "go on with what happens from now on")
      .option("-A, --all-namespaces", "in every namespace")
      .option("--no-headers", "leave out the header")
      .option("--chunk-size <count>", "how many objects are asked for at a time; 0: all at once", parseCount, 500)
      .action((_flags: EventsFlags, command: Command) => showEvents(command.opts<EventsFlags>(), env)),
    ["See what happened lately in the namespace", "events"],
    ["Follow what happens to a pod", "events --for pod/web-pod-13je7 --watch"],
    ["See what went wrong anywhere", "events --types=Warning --all-namespaces"],
  );

async function showEvents(flags: EventsFlags, env: CliEnv): Promise<void> {
  if (flags.types?.some((type) => !/^(normal|warning)$/i.test(type)) === true) throw new UsageError("valid --types are Normal or Warning");
  const selection = await selectionOf(flags, env);
  const client = (await env.client()).of(eventKind);
  const list = await client.list({ ...selection, pageSize: flags.chunkSize, signal: env.signal });
  const isWanted = ({ type }: Whole<Event>): boolean => flags.types?.some((wanted) => wanted.toLowerCase() === type?.toLowerCase()) ?? true;
  const print = new EventPrinter(flags, env);
  const wanted = list.items.filter(isWanted);
  const earlier = await earlierUids(wanted, flags, env);
  const isPresent = ({ involvedObject }: Whole<Event>): boolean => !earlier.has(involvedObject?.uid ?? "");
  const present = eventsInOrder(wanted.filter(isPresent));
  if (flags.watch !== true) return await print.all(present);
  await print.some(present);
  for await (const { type, object } of changesAfter(client, selection, list, env.signal)) {
    // Events are swept after a day: that one is gone is no news.
    if (type !== "deleted" && isWanted(object) && isPresent(object)) await print.some([object]);
  }
  throwIfAborted(env.signal);
}

/** Unlike kubectl, looks for what is about a node, which has no namespace, in all of them. */
async function selectionOf(flags: EventsFlags, env: CliEnv): Promise<Selection> {
  const about = flags.for === undefined ? undefined : parseAbout(flags.for);
  const everywhere = flags.allNamespaces === true || about?.kind.namespaced === false;
  return {
    namespace: everywhere ? undefined : await env.namespace(),
    ...(about === undefined ? {} : { fieldSelector: `involvedObject.kind=${about.kind.kind},involvedObject.name=${about.name}` }),
  };
}

/**
 * Uids of objects that had the name before the one that has it now: their events are none of its business.
 *
 * Unlike kubectl, which mixes them. When nothing has the name any more, all of them are of interest.
 */
async function earlierUids(events: readonly Whole<Event>[], flags: EventsFlags, env: CliEnv): Promise<ReadonlySet<string>> {
  if (flags.for === undefined || flags.allNamespaces === true) return new Set();
  const { kind, name } = parseAbout(flags.for);
  try {
    const { metadata } = await (await env.client()).of(kind).get(await keyFor(kind, name, env), { signal: env.signal });
    const uids = events.map(({ involvedObject }) => involvedObject?.uid ?? "");
    return new Set(uids.filter((uid) => uid !== "" && uid !== metadata.uid));
  } catch (error: unknown) {
    if (isNotFound(error)) return new Set();
    throw error;
  }
}

function parseAbout(text: string): Target {
  const [target] = text.includes("/") ? parseTargets([text]) : [];
  if (target === undefined) throw new UsageError("--for must be in resource/name form");
  return target;
}

/** Prints events all at once or one by one, as a table or as objects. */
class EventPrinter {
  private readonly table = new TableWriter();
  private headerDue: boolean;

  constructor(
    private readonly flags: EventsFlags,
    private readonly env: CliEnv,
  ) {
    this.headerDue = flags.headers;
  }

  async all(events: readonly Whole<Event>[]): Promise<void> {
    const { output, allNamespaces, showManagedFields } = this.flags;
    if (events.length === 0) {
      this.env.err.line(allNamespaces === true ? "No events found." : `No events found in ${await this.env.namespace()} namespace.`);
    } else if (output === undefined) this.rows(events);
    else await this.text(formatObjectList(output, events.map(item), showManagedFields));
  }

  /** One after the other, as they are watched. */
  async some(events: readonly Whole<Event>[]): Promise<void> {
    const { output, showManagedFields } = this.flags;
    if (output === undefined) return this.rows(events);
    for (const event of events) {
      await this.text(`${output === "yaml" ? "---\n" : ""}${formatObject(output, item(event), showManagedFields)}`);
    }
  }

  private async text(text: string): Promise<void> {
    const { output } = this.flags;
    if (output !== undefined && isTemplate(output)) await this.env.out.bytes(Buffer.from(text));
    else this.env.out.line(text);
  }

  private rows(events: readonly Whole<Event>[]): void {
    const place = (namespace: string): string[] => (this.flags.allNamespaces === true ? [namespace] : []);
    const rows = events.map((event) => [...place(event.metadata.namespace), ...cells(event, this.env.clock.now())]);
    if (rows.length === 0) return;
    if (this.headerDue) rows.unshift([...place("NAMESPACE"), "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]);
    this.headerDue = false;
    for (const line of this.table.format(rows)) this.env.out.line(line);
  }
}

const item = (object: Whole<Event>): KindObject => ({ kind: eventKind as unknown as Kind, object });

function cells(event: Whole<Event>, nowMs: number): string[] {
  const { type = "", reason = "", involvedObject, message = "" } = event;
  const about = `${involvedObject?.kind ?? ""}/${involvedObject?.name ?? ""}`;
  return [eventAgeCell(event, nowMs), type, reason, about, message.trim()].map(oneLine);
}

/** A cell ends where its line does. */
function oneLine(text: string): string {
  const end = text.search(/[\f\n\r]/);
  return end < 0 ? text : `${text.slice(0, end)}...`;
}
