import { Command } from "commander";
import { isNotFound } from "../../../api/errors.js";
import { podKind } from "../../../api/kinds/pod/kind.js";
import type { RemoteApiClient } from "../../../client/client.js";
import { MetricsService, type PodMetricsResponse } from "../../../gen/howbernetes/api/v1/metrics.js";
import type { PodMetrics } from "../../../gen/howbernetes/metrics/v1beta1/metrics.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { TableWriter } from "../../printers/table.js";
import { UsageError } from "../../usage-error.js";
import { addUsage, inOrder, type MeasuredRow, nothingUsed, type SortField, usageCells, usageFrom, warnOfSilence } from "./usage.js";

interface TopPodFlags {
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly containers?: boolean;
  readonly sortBy?: string;
  readonly sum?: boolean;
  readonly headers: boolean;
}

export const topPodCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("pod")
      .aliases(["pods", "po"])
      .description("show what pods use of processors and memory")
      .argument("[name]", "only this pod")
      .option("-l, --selector <query>", "only pods whose labels match, as app=web")
      .option("-A, --all-namespaces", "in every namespace")
      .option("--containers", "show each container by itself")
      .option("--sort-by <field>", "the most hungry first: cpu or memory (default: by name)")
      .option("--sum", "show at the end what all of them use")
      .option("--no-headers", "leave out the header")
      .action((name: string | undefined, flags: TopPodFlags) => topPods(name, flags, env)),
    ["See what the pods of the namespace use", "top pod"],
    ["See which containers take the most memory", "top pod -A --containers --sort-by=memory"],
  );

async function topPods(name: string | undefined, flags: TopPodFlags, env: CliEnv): Promise<void> {
  const sortBy = sortField(flags.sortBy);
  if (name !== undefined && flags.selector !== undefined) throw new UsageError("only one of NAME or selector can be provided");
  const client = await env.client();
  const namespace = flags.allNamespaces === true && name === undefined ? "" : await env.namespace();
  const { items, unreachable } = await metricsOf(client, { namespace, name: name ?? "", selector: flags.selector ?? "" }, env);
  warnOfSilence(unreachable, env);
  if (items.length === 0) {
    await explainNothing(client, { namespace, selector: flags.selector }, env);
    return;
  }
  const rows = inOrder(items.map(measuredPod), sortBy);
  const lines = flags.containers === true ? rows.flatMap(({ pod }) => containerLines(pod, sortBy)) : rows.map(podLine);
  const isAll = flags.allNamespaces === true;
  const withPlace = lines.map(({ namespace: where, cells }) => (isAll ? [where, ...cells] : [...cells]));
  const header = [...(isAll ? ["NAMESPACE"] : []), ...(flags.containers === true ? ["POD"] : []), "NAME", "CPU(cores)", "MEMORY(bytes)"];
  const table = [...(flags.headers ? [header] : []), ...withPlace, ...(flags.sum === true ? sumLines(rows, header.length) : [])];
  for (const line of new TableWriter().format(table)) env.out.line(line);
}

/** The field of `--sort-by`. @throws UsageError */
export function sortField(text: string | undefined): SortField | undefined {
  if (text === undefined || text === "cpu" || text === "memory") return text;
  throw new UsageError("--sort-by accepts only cpu or memory");
}

interface Wanted {
  readonly namespace: string;
  readonly name: string;
  readonly selector: string;
}

async function metricsOf(
  client: RemoteApiClient,
  { namespace, name, selector: labelSelector }: Wanted,
  { signal }: CliEnv,
): Promise<PodMetricsResponse> {
  const metrics = client.raw(MetricsService, "unary");
  try {
    return await metrics.podMetrics({ namespace, name, labelSelector }, { signal });
  } catch (error: unknown) {
    if (name === "" || !isNotFound(error)) throw error;
    // There may be no such pod at all, and then that is the answer.
    await client.of(podKind).get({ namespace, name }, { signal });
    throw error;
  }
}

/** There are no such pods, or they do not run yet. */
async function explainNothing(
  client: RemoteApiClient,
  { namespace, selector }: { readonly namespace: string; readonly selector: string | undefined },
  { err, signal }: CliEnv,
): Promise<void> {
  const { items } = await client.of(podKind).list({
    ...(namespace === "" ? {} : { namespace }),
    ...(selector === undefined ? {} : { labelSelector: selector }),
    signal,
  });
  if (items.length > 0) throw new UsageError("metrics not available yet");
  err.line(namespace === "" ? "No resources found" : `No resources found in ${namespace} namespace.`);
}

interface PodRow extends MeasuredRow {
  readonly pod: PodMetrics;
}

interface Line {
  readonly namespace: string;
  readonly cells: readonly string[];
}

function measuredPod(pod: PodMetrics): PodRow {
  const usage = pod.containers.map((container) => usageFrom(container.usage)).reduce(addUsage, nothingUsed);
  return { pod, usage, place: [pod.metadata?.namespace ?? "", pod.metadata?.name ?? ""] };
}

function podLine({ pod: { metadata }, usage }: PodRow): Line {
  return { namespace: metadata?.namespace ?? "", cells: [metadata?.name ?? "", ...usageCells(usage)] };
}

function containerLines({ metadata, containers }: PodMetrics, sortBy: SortField | undefined): Line[] {
  const rows = containers.map(({ name = "", usage }) => ({ usage: usageFrom(usage), place: [name] }));
  return inOrder(rows, sortBy).map(({ usage, place: [name = ""] }) => ({
    namespace: metadata?.namespace ?? "",
    cells: [metadata?.name ?? "", name, ...usageCells(usage)],
  }));
}

function sumLines(rows: readonly PodRow[], columns: number): string[][] {
  const blanks = Array.from({ length: columns - 2 }, () => "");
  const sum = rows.map(({ usage }) => usage).reduce(addUsage, nothingUsed);
  return [
    [...blanks, "________", "________"],
    [...blanks, ...usageCells(sum)],
  ];
}
