import type { PlanRebalanceResponse, PlanRebalanceResponse_NodeLoad } from "../../gen/howbernetes/api/v1/scheduling.js";
import { TableWriter } from "../printers/table.js";

/** A plan for people: its moves, what the nodes' loads are and would be, and what stays as it is. */
export function planLines({ moves, before, after, remarks }: PlanRebalanceResponse): readonly string[] {
  const rows = moves.map(({ pod, from, to, why }) => [pod?.namespace ?? "", pod?.name ?? "", from, to, why]);
  const table = new TableWriter().format([["NAMESPACE", "POD", "FROM", "TO", "WHY"], ...rows]);
  return [...(moves.length === 0 ? ["No pods to move"] : [...table, "", ...loadLines(before, after)]), ...remarks];
}

function loadLines(before: readonly PlanRebalanceResponse_NodeLoad[], after: readonly PlanRebalanceResponse_NodeLoad[]): readonly string[] {
  const later = new Map(after.map((load) => [load.nodeName, load]));
  const rows = before.map((load) => {
    const then = later.get(load.nodeName) ?? load;
    return [load.nodeName, `${cpu(load)} -> ${cpu(then)}`, `${memory(load)} -> ${memory(then)}`, `${load.podCount} -> ${then.podCount}`];
  });
  return new TableWriter().format([["NODE", "CPU REQUESTS", "MEMORY REQUESTS", "PODS"], ...rows]);
}

const cpu = ({ cpuRequested, cpuAllocatable }: PlanRebalanceResponse_NodeLoad): string => share(cpuRequested, cpuAllocatable);
const memory = ({ memoryRequested, memoryAllocatable }: PlanRebalanceResponse_NodeLoad): string =>
  share(memoryRequested, memoryAllocatable);
const share = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((part / whole) * 100)}%`;
