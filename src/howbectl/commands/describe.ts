import { Command } from "commander";
import { isApiError } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { flightRecordKind } from "../../api/kinds/flightrecord/kind.js";
import { limitRangeKind } from "../../api/kinds/limitrange/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { resourceQuotaKind } from "../../api/kinds/resourcequota/kind.js";
import { secretKind } from "../../api/kinds/secret/kind.js";
import type { ApiClient } from "../../client/contracts.js";
import type { CliEnv } from "../cli-env.js";
import { errorText } from "../error-text.js";
import { describeObject } from "../printers/describe/describers.js";
import { Description } from "../printers/describe/description.js";
import { eventsTable } from "../printers/describe/events.js";
import { deathsOf, lastDeathsTable } from "../printers/describe/last-deaths.js";
import type { KindObject } from "../printers/object-format.js";
import { parseResourceArguments, type ResourceArguments } from "../resources/resource-arguments.js";
import { addSelectionFlags, keyFor, type SelectionFlags, selectionOf } from "../resources/selection-flags.js";
import { CommandFailure } from "../usage-error.js";

/** Nothing happens to these, or what does is not told. */
const eventless: ReadonlySet<string> = new Set(
  [eventKind, flightRecordKind, limitRangeKind, namespaceKind, resourceQuotaKind, secretKind].map(({ typeName }) => typeName),
);

interface DescribeFlags extends SelectionFlags {
  readonly showEvents: boolean;
}

export const describeCommand = (env: CliEnv): Command =>
  addSelectionFlags(new Command("describe"))
    .argument("[what...]", "TYPE[,TYPE...], TYPE NAME..., or TYPE/NAME...")
    .option("--no-show-events", "leave out the events (also --show-events=false)")
    .action((words: string[], flags: DescribeFlags) => describe(parseResourceArguments(words), flags, env));

/** Prints everything known about objects, events included. */
export async function describe(what: ResourceArguments, flags: DescribeFlags, env: CliEnv): Promise<void> {
  const client = await env.client();
  const { items, failures } = await collect(client, what, flags, env);
  const texts: string[] = [];
  for (const item of items) texts.push((await describeOne(client, item, flags, env)).join("\n"));
  if (texts.length > 0) env.out.line(texts.join("\n\n\n"));
  else if (failures.length === 0) {
    const scoped = flags.allNamespaces !== true && what.form === "kinds" && what.kinds.some((kind) => kind.namespaced);
    env.err.line(scoped ? `No resources found in ${await env.namespace()} namespace.` : "No resources found");
  }
  if (failures.length > 0) throw new CommandFailure(failures.join("\n"));
}

interface Collected {
  readonly items: readonly KindObject[];
  readonly failures: readonly string[];
}

async function collect(client: ApiClient, what: ResourceArguments, flags: DescribeFlags, env: CliEnv): Promise<Collected> {
  const items: KindObject[] = [];
  const failures: string[] = [];
  if (what.form === "kinds") {
    for (const kind of what.kinds) {
      const list = await client.of(kind).list({ ...(await selectionOf(kind, flags, env)), signal: env.signal });
      items.push(...list.items.map((object) => ({ kind, object })));
    }
    return { items, failures };
  }
  for (const { kind, name } of what.targets) {
    try {
      items.push({ kind, object: await client.of(kind).get(await keyFor(kind, name, env), { signal: env.signal }) });
    } catch (error: unknown) {
      if (!isApiError(error) || error.reason !== "NotFound") throw error;
      failures.push(errorText(error));
    }
  }
  return { items, failures };
}

async function describeOne(client: ApiClient, item: KindObject, flags: DescribeFlags, env: CliEnv): Promise<string[]> {
  const description = new Description();
  await describeObject(item, description, { client, signal: env.signal, nowMs: env.clock.now() });
  lastDeathsTable(await deathsOf(item, client, env.signal), description, env.clock.now());
  if (flags.showEvents && !eventless.has(item.kind.typeName)) {
    const { metadata } = item.object;
    const events = await client.of(eventKind).list({
      namespace: metadata.namespace === "" ? undefined : metadata.namespace,
      fieldSelector: `involvedObject.name=${metadata.name}`,
      signal: env.signal,
    });
    // By uid too: an earlier object of the same name is none of this one's business.
    const own = events.items.filter(
      ({ involvedObject: about }) => about?.kind === item.kind.kind && (about.uid ?? metadata.uid) === metadata.uid,
    );
    eventsTable(own, description, env.clock.now());
  }
  return description.lines();
}
