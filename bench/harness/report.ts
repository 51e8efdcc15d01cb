import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Verdict } from "./measurement.js";
import type { OwnerShare } from "./profile.js";

const resultsFile = "bench/results/latest.json";
const docsFile = "docs/benchmarks.md";

/** Where and with what a run was made. */
interface Environment {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly docker: string;
}

const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** One line for one comparison. */
export function formatVerdict(verdict: Verdict): string {
  const { name, ourMedian, peerMedian, peer, unit, ratio, ratioLow, ratioHigh } = verdict;
  return `${name.padEnd(22)} ours ${number(ourMedian)} ${unit}, ${peer} ${number(peerMedian)} ${unit}, ratio ${ratio.toFixed(2)} (${ratioLow.toFixed(2)}–${ratioHigh.toFixed(2)})${aimText(verdict)}`;
}

/** One line of a profile. */
export function formatShare({ program, owner, ms, share }: OwnerShare): string {
  return `${program.padEnd(10)} ${(share * 100).toFixed(0).padStart(4)} % ${number(ms).padStart(6)} ms  ${owner}`;
}

function aimText({ aim, met, firstStep, firstStepMet, isRate }: Verdict): string {
  const bound = isRate ? "≥" : "≤";
  const goal = aim === undefined ? "" : `, aim ${bound} ${aim}: ${met === true ? "met" : "not met"}`;
  return firstStep === undefined ? goal : `${goal}; first step ${bound} ${firstStep}: ${firstStepMet === true ? "met" : "not met"}`;
}

/** Merges a run's verdicts into the last results and makes docs/benchmarks.md of them. */
export function writeReport(verdicts: readonly Verdict[], dockerVersion: string): void {
  const environment: Environment = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${execFileSync("uname", ["-sr"], { encoding: "utf8" }).trim()}`,
    node: process.version,
    docker: dockerVersion,
  };
  const rows = new Map(readResults().map((verdict) => [verdict.name, verdict]));
  for (const verdict of verdicts) rows.set(verdict.name, { ...verdict, environment });
  const all = [...rows.values()].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  writeFileSync(resultsFile, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(docsFile, markdown(all));
}

/** Rows of earlier versions do not say whether they are rates: none was. */
type Recorded = Omit<Verdict, "isRate"> & { readonly isRate?: boolean; readonly environment: Environment };

function readResults(): Recorded[] {
  try {
    return JSON.parse(readFileSync(resultsFile, "utf8")) as Recorded[];
  } catch (_first) {
    return [];
  }
}

const goal = (bound: number | undefined, met: boolean | undefined, isRate: boolean): string =>
  bound === undefined ? "" : `${isRate ? "≥" : "≤"} ${bound}: ${met === true ? "met" : "**not met**"}`;

function markdown(rows: readonly Recorded[]): string {
  const lines = rows.map(
    ({
      name,
      ourMedian,
      unit,
      peer,
      peerMedian,
      ratio,
      ratioLow,
      ratioHigh,
      rounds,
      aim,
      met,
      firstStep,
      firstStepMet,
      isRate = false,
      lagMs,
    }) => {
      const cells = [
        name,
        `${number(ourMedian)} ${unit}`,
        peer,
        `${number(peerMedian)} ${unit}`,
        `${ratio.toFixed(2)} (${ratioLow.toFixed(2)}–${ratioHigh.toFixed(2)})`,
        String(rounds),
        goal(aim, met, isRate),
        goal(firstStep, firstStepMet, isRate),
        lagMs === undefined ? "" : `${number(lagMs)} ms`,
      ];
      return `| ${cells.join(" | ")} |`;
    },
  );
  const environments = [
    ...new Set(rows.map(({ environment: { date, machine, node, docker } }) => `- ${date}: ${machine}; Node.js ${node}; Docker ${docker}`)),
  ];
  return `# Benchmarks

Made by \`npm run bench\`; do not edit. Each row was measured against its peer in one run, in turns, on one machine; a ratio below 1 means that howbernetes was quicker; of what is counted by the second, one above 1. Medians, with the least and the greatest ratio of the rounds. Lag is how late the event loop of the api-server's process was during the workload, at its 99th percentile.

| what | howbernetes | peer | | ratio | rounds | aim | first step | lag |
|---|---|---|---|---|---|---|---|---|
${lines.join("\n")}

${environments.join("\n")}
`;
}
