import { Command } from "commander";
import { messageToJson } from "../../../api/codec/json.js";
import {
  type AssessRiskResponse,
  type AssessRiskResponse_NodeRisk,
  type AssessRiskResponse_StrandedWorkload,
  SchedulingService,
} from "../../../gen/howbernetes/api/v1/scheduling.js";
import type { CliEnv } from "../../cli-env.js";
import { type DataFormat, parseDataFormat } from "../../flags/data-format.js";
import { addExamples } from "../../flags/examples.js";
import { formatJson } from "../../printers/object-format.js";
import { TableWriter } from "../../printers/table.js";
import { assessmentTimeoutMs } from "../../rebalance/assessment-timeout.js";
import { CommandFailure } from "../../usage-error.js";

interface RiskFlags {
  readonly node?: string;
  readonly output?: DataFormat;
  readonly exitCode?: boolean;
}

export const clusterRiskCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("risk")
      .description("say for each node what would not fit elsewhere if it were lost")
      .option("--node <name>", "only this node")
      .option("-o, --output <format>", "print what was found out as json or yaml", parseDataFormat)
      .option("--exit-code", "exit with 2 when something would not fit")
      .action((flags: RiskFlags) => clusterRisk(flags, env)),
    ["See what the loss of each node would mean", "cluster risk"],
    ["See whether a node can be taken down", "cluster risk --node n1"],
    ["Have a job fail when the cluster could not bear the loss of a node", "cluster risk --exit-code"],
  );

async function clusterRisk(flags: RiskFlags, env: CliEnv): Promise<void> {
  const client = await env.client();
  const options = { signal: env.signal, timeoutMs: assessmentTimeoutMs(env) };
  const risk = await client.raw(SchedulingService, "unary").assessRisk({ nodeName: flags.node ?? "" }, options);
  if (flags.output !== undefined) {
    env.out.line(formatJson(flags.output, messageToJson("howbernetes.api.v1.AssessRiskResponse", risk)));
  } else for (const line of riskLines(risk)) env.out.line(line);
  if (flags.exitCode === true && risk.nodes.some(({ strandedCount }) => strandedCount > 0)) throw new CommandFailure("", 2);
}

/** Each node in a row, then why things would not fit. */
function riskLines({ nodes }: AssessRiskResponse): readonly string[] {
  if (nodes.length === 0) return ["No nodes found"];
  const rows = nodes.map((node) => [node.nodeName, String(node.podCount), String(node.strandedCount), verdict(node)]);
  const table = new TableWriter().format([["NODE", "PODS TO MOVE", "WITHOUT PLACE", "IF IT WERE LOST"], ...rows]);
  const reasons = nodes.flatMap(({ nodeName, workloads }) => (workloads.length === 0 ? [] : ["", ...reasonLines(nodeName, workloads)]));
  return [...table, ...reasons];
}

function verdict({ podCount, strandedCount, workloads }: AssessRiskResponse_NodeRisk): string {
  if (podCount === 0) return "nothing would have to move";
  if (strandedCount === 0) return "all would fit elsewhere";
  if (workloads.length === 0) return `${strandedCount} ${strandedCount === 1 ? "pod" : "pods"} would not fit`;
  return workloads.map((workload) => `${nameOf(workload)} (${workload.pods.length})`).join(", ");
}

const reasonLines = (nodeName: string, workloads: readonly AssessRiskResponse_StrandedWorkload[]): readonly string[] => [
  `Without ${nodeName}:`,
  ...workloads.map((workload) => {
    const count = `${workload.pods.length} ${workload.pods.length === 1 ? "pod" : "pods"}`;
    return `  ${nameOf(workload)} in ${workload.owner?.namespace ?? ""}: ${count} would not fit: ${workload.message}`;
  }),
];

/** As "deployment/web". */
const nameOf = ({ owner }: AssessRiskResponse_StrandedWorkload): string => `${(owner?.kind ?? "").toLowerCase()}/${owner?.name ?? ""}`;
