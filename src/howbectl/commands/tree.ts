import { Command } from "commander";
import { ageCell } from "../../api/kinds/cells.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { kinds } from "../../api/kinds/index.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import type { KindObject } from "../printers/object-format.js";
import { TableWriter } from "../printers/table.js";
import { OwnershipTree, type TreeEntry } from "../resources/ownership-tree.js";
import { parseResourceArguments } from "../resources/resource-arguments.js";
import { addSelectionFlags, keyFor, type SelectionFlags, selectionOf } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";

export const treeCommand = (env: CliEnv): Command =>
  addExamples(
    addSelectionFlags(new Command("tree"))
      .argument("[what...]", "TYPE[,TYPE...], TYPE NAME... or TYPE/NAME...; nothing: all workloads of the namespace")
      .action((words: string[], flags: SelectionFlags) => tree(words, flags, env)),
    ["See what became of a deployment: its replica sets and their pods", "tree deployment/web"],
    ["See what runs in a namespace, and why", "tree -n shop"],
    ["See what cron jobs have started", "tree cronjobs"],
  );

/** Prints objects with what they own, and what that owns. */
async function tree(words: readonly string[], flags: SelectionFlags, env: CliEnv): Promise<void> {
  if (words.length === 0 && (flags.selector !== undefined || flags.fieldSelector !== undefined)) {
    throw new UsageError("selectors select objects of a type: name one, as in howbectl tree deployments -l app=web");
  }
  const chosen = words.length === 0 ? undefined : await chosenObjects(words, flags, env);
  const isScoped = flags.allNamespaces !== true && (chosen?.every(({ kind }) => kind.namespaced) ?? true);
  const items = chosen?.length === 0 ? [] : await everything(isScoped ? await env.namespace() : undefined, env);
  const ownership = new OwnershipTree(items);
  const roots = chosen ?? ownership.roots().filter((item) => item.kind.categories.includes("all") || ownership.hasDependents(item));
  if (roots.length === 0)
    return env.err.line(isScoped ? `No resources found in ${await env.namespace()} namespace.` : "No resources found");
  print(
    roots.flatMap((root) => ownership.under(root)),
    flags.allNamespaces === true,
    env,
  );
}

/** @throws ApiError NotFound for a name that is not there */
async function chosenObjects(words: readonly string[], flags: SelectionFlags, env: CliEnv): Promise<readonly KindObject[]> {
  const what = parseResourceArguments(words);
  const client = await env.client();
  if (what.form === "kinds") {
    const lists = what.kinds.map(async (kind) => {
      const { items } = await client.of(kind).list({ ...(await selectionOf(kind, flags, env)), signal: env.signal });
      return items.map((object) => ({ kind, object }));
    });
    return (await Promise.all(lists)).flat();
  }
  return await Promise.all(
    what.targets.map(async ({ kind, name }) => ({
      kind,
      object: await client.of(kind).get(await keyFor(kind, name, env), { signal: env.signal }),
    })),
  );
}

/** Objects of every kind; events are about objects and not of them. */
async function everything(namespace: string | undefined, env: CliEnv): Promise<readonly KindObject[]> {
  const client = await env.client();
  const lists = kinds
    .filter((kind) => kind.typeName !== eventKind.typeName && (kind.namespaced || namespace === undefined))
    .map(async (kind) => {
      const { items } = await client.of(kind).list({ namespace, signal: env.signal });
      return items.map((object) => ({ kind, object }));
    });
  return (await Promise.all(lists)).flat();
}

function print(entries: readonly TreeEntry[], namespaces: boolean, env: CliEnv): void {
  const place = (namespace: string): string[] => (namespaces ? [namespace] : []);
  const nowMs = env.clock.now();
  const rows = entries.map(({ item, branch }) => {
    const { metadata } = item.object;
    const name = `${branch}${item.kind.kind}/${metadata.name}`;
    return [
      ...place(metadata.namespace),
      name,
      readyCell(item, nowMs),
      statusCell(item, nowMs),
      ageCell(metadata.creationTimestamp, nowMs),
    ];
  });
  for (const line of new TableWriter().format([[...place("NAMESPACE"), "NAME", "READY", "STATUS", "AGE"], ...rows])) env.out.line(line);
}

/** As `get` has it; "2/3" also where `get` has the two in columns of their own. */
function readyCell(item: KindObject, nowMs: number): string {
  const ready = cellOf(item, "READY", nowMs) ?? cellOf(item, "COMPLETIONS", nowMs);
  const desired = cellOf(item, "DESIRED", nowMs);
  return ready === undefined ? "-" : desired === undefined ? ready : `${ready}/${desired}`;
}

/** For what keeps a revision, which: the STATUS of the rest is in `get`. */
function statusCell(item: KindObject, nowMs: number): string {
  const { deletionTimestamp, annotations } = item.object.metadata;
  if (deletionTimestamp !== undefined) return "Terminating";
  const isReplicaSet = item.kind.typeName === replicaSetKind.typeName;
  const revision = isReplicaSet ? annotations["deployment.kubernetes.io/revision"] : cellOf(item, "REVISION", nowMs);
  return cellOf(item, "STATUS", nowMs) ?? (revision === undefined ? "-" : `revision ${revision}`);
}

function cellOf({ kind, object }: KindObject, name: string, nowMs: number): string | undefined {
  return kind.columns.find((column) => column.name === name)?.cell(object, nowMs);
}
