import { Command } from "commander";
import type { JsonObject } from "../../api/codec/json-values.js";
import { horizontalPodAutoscalerKind } from "../../api/kinds/horizontalpodautoscaler/kind.js";
import { apiVersionOf } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { canonicalQuantity } from "../../api/values/quantity.js";
import type { CliEnv } from "../cli-env.js";
import { addExamples } from "../flags/examples.js";
import { addFileFlags } from "../flags/file-flags.js";
import { parseInteger } from "../flags/parse-flag.js";
import { addWriteFlags } from "../flags/write-flags.js";
import { type CreateFlags, createAndReport } from "../resources/create-and-report.js";
import { unstored } from "../resources/create-generated.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "../resources/found-objects.js";
import { Reporter } from "../resources/report.js";
import { UsageError } from "../usage-error.js";

interface AutoscaleFlags extends FindFlags, CreateFlags {
  readonly min: number;
  readonly max: number;
  readonly cpuPercent: number;
  readonly cpu?: string;
  readonly memory?: string;
  readonly name?: string;
}

export const autoscaleCommand = (env: CliEnv): Command =>
  addExamples(
    addWriteFlags(addFileFlags(new Command("autoscale")), "howbectl-autoscale")
      .argument("[what...]", "TYPE NAME... or TYPE/NAME...")
      .requiredOption("--max <count>", "how many pods there may be at most", parseInteger)
      .option("--min <count>", "how many there must be at least; negative: the server's default", parseInteger, -1)
      .option("--cpu <target>", "CPU that a pod is to use on average: 70% of what it asks for, or an amount as 500m")
      .option("--memory <target>", "memory that a pod is to use on average: 70% of what it asks for, or an amount as 200Mi")
      .option("--cpu-percent <percent>", "as --cpu with a percentage", parseInteger, -1)
      .option("--name <name>", "name of the autoscaler; the workload's when left out")
      .option("--save-config", "record the manifest on the autoscaler, so that a later apply knows what it had")
      .action((words: string[], flags: AutoscaleFlags) => autoscale(words, flags, env)),
    ["Keep between 2 and 10 pods, by the server's default target", "autoscale deployment/web --min=2 --max=10"],
    ["Keep pods at 60% of the CPU and 70% of the memory they ask for", "autoscale deployment/web --max=6 --cpu=60% --memory=70%"],
  );

const kind = horizontalPodAutoscalerKind as unknown as Kind;

async function autoscale(words: readonly string[], flags: AutoscaleFlags, env: CliEnv): Promise<void> {
  const { min, max } = flags;
  if (max < 1) throw new UsageError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) throw new UsageError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  if (flags.cpuPercent > 0 && flags.cpu) throw new UsageError("--cpu-percent and --cpu are mutually exclusive");
  const metrics = metricsOf(flags);
  const reporter = new Reporter(flags, env);
  const count = await forEachFoundObject(words, flags, env, async (found) => {
    if (found.kind.scale === undefined) throw new UsageError(`cannot autoscale a ${found.kind.kind}: it has no replicas`);
    const { namespace } = found.key;
    const autoscaler = { kind, namespace, json: autoscalerManifest(found, metrics, flags), outcome: "autoscaled" };
    await createAndReport(autoscaler, flags, env, reporter);
  });
  if (count === 0) throw new UsageError("no objects passed to autoscale");
}

function autoscalerManifest(target: FoundObject, metrics: readonly JsonObject[], { min, max, name }: AutoscaleFlags): JsonObject {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { ...unstored, name: name || target.key.name },
    spec: {
      maxReplicas: max,
      ...(min > 0 ? { minReplicas: min } : {}),
      ...(metrics.length === 0 ? {} : { metrics }),
      scaleTargetRef: { apiVersion: apiVersionOf(target.kind), kind: target.kind.kind, name: target.key.name },
    },
    status: {},
  };
}

function metricsOf({ cpuPercent, cpu, memory }: AutoscaleFlags): JsonObject[] {
  const metric = (name: string, target: JsonObject): JsonObject => ({ type: "Resource", resource: { name, target } });
  return [
    ...(cpuPercent > 0 ? [metric("cpu", { type: "Utilization", averageUtilization: cpuPercent })] : []),
    ...(cpu ? [metric("cpu", parseTarget("cpu", cpu, "m"))] : []),
    ...(memory ? [metric("memory", parseTarget("memory", memory, "Mi"))] : []),
  ];
}

/** @param unit what a bare number is an amount of */
function parseTarget(resource: string, text: string, unit: string): JsonObject {
  const [, percent] = /^(.*)%$/.exec(text.trim()) ?? [];
  if (percent !== undefined) {
    if (!/^\d+$/.test(percent)) throw new UsageError(`invalid percentage value: ${percent}`);
    return { type: "Utilization", averageUtilization: Number(percent) };
  }
  const averageValue = canonicalQuantity(/^[\d.]+$/.test(text.trim()) ? `${text.trim()}${unit}` : text.trim());
  if (averageValue === undefined) throw new UsageError(`invalid resource ${resource} value: ${text.trim()}`);
  return { type: "AverageValue", averageValue };
}
