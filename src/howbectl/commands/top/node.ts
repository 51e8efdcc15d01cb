import { Command } from "commander";
import { nodeKind } from "../../../api/kinds/node/kind.js";
import type { Whole } from "../../../api/object.js";
import { MetricsService } from "../../../gen/howbernetes/api/v1/metrics.js";
import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { TableWriter } from "../../printers/table.js";
import { UsageError } from "../../usage-error.js";
import { sortField } from "./pod.js";
import { inOrder, type MeasuredRow, type Usage, usageCells, usageFrom, warnOfSilence } from "./usage.js";

interface TopNodeFlags {
  readonly selector?: string;
  readonly sortBy?: string;
  readonly showCapacity?: boolean;
  readonly headers: boolean;
}

const header = ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"];
const unknown = "<unknown>";

export const topNodeCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("node")
      .aliases(["nodes", "no"])
      .description("show what nodes use of processors and memory")
      .argument("[name]", "only this node")
      .option("-l, --selector <query>", "only nodes whose labels match, as disk=ssd")
      .option("--sort-by <field>", "the most hungry first: cpu or memory (default: by name)")
      .option("--show-capacity", "in percent of what the node has, not of what it has to give")
      .option("--no-headers", "leave out the header")
      .action((name: string | undefined, flags: TopNodeFlags) => topNodes(name, flags, env)),
    ["See what the nodes use", "top node"],
    ["See what a node uses", "top node n1"],
  );

async function topNodes(name: string | undefined, flags: TopNodeFlags, env: CliEnv): Promise<void> {
  const sortBy = sortField(flags.sortBy);
  if (name !== undefined && flags.selector !== undefined) throw new UsageError("only one of NAME or selector can be provided");
  const client = await env.client();
  const request = { name: name ?? "", labelSelector: flags.selector ?? "" };
  const [{ items, unreachable }, nodes] = await Promise.all([
    client.raw(MetricsService, "unary").nodeMetrics(request, { signal: env.signal }),
    nodesOf(name, flags, env),
  ]);
  warnOfSilence(unreachable, env);
  if (nodes.length === 0) env.err.line("No resources found");
  const measured = new Map(items.map(({ metadata, usage }) => [metadata?.name ?? "", usageFrom(usage)]));
  const rows = nodes.flatMap((node) => {
    const usage = measured.get(node.metadata.name);
    return usage === undefined ? [] : [{ node, usage, place: [node.metadata.name] }];
  });
  const silent = nodes.filter(({ metadata }) => !measured.has(metadata.name));
  const lines = [
    ...inOrder(rows, sortBy).map((row) => lineOf(row, flags.showCapacity === true)),
    ...silent.map(({ metadata }) => [metadata.name, unknown, unknown, unknown, unknown]),
  ];
  if (lines.length === 0) return;
  for (const line of new TableWriter().format([...(flags.headers ? [header] : []), ...lines])) env.out.line(line);
}

async function nodesOf(name: string | undefined, { selector }: TopNodeFlags, env: CliEnv): Promise<readonly Whole<Node>[]> {
  const nodes = (await env.client()).of(nodeKind);
  if (name !== undefined) return [await nodes.get({ namespace: "", name }, { signal: env.signal })];
  return (await nodes.list({ ...(selector === undefined ? {} : { labelSelector: selector }), signal: env.signal })).items;
}

function lineOf({ node: { metadata, status }, usage }: MeasuredRow & { readonly node: Whole<Node> }, ofCapacity: boolean): string[] {
  const available = ofCapacity ? status.capacity : status.allocatable;
  const [cpu, memory] = usageCells(usage);
  return [metadata.name, cpu, share(usage, available, "cpuMilli"), memory, share(usage, available, "memoryBytes")];
}

/** In whole percent, rounded down as kubectl does. */
function share(usage: Usage, available: Readonly<Record<string, Quantity>>, field: keyof Usage): string {
  const whole = usageFrom(available)[field];
  return `${whole === 0 ? 0 : Math.floor((usage[field] / whole) * 100)}%`;
}
