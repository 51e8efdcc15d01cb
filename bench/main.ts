/**
 * `npm run bench` measures everything, `npm run bench -- B2 B3` some of it. Each benchmark measures howbernetes and its
 * peer in this one run; the results go to bench/results/latest.json and docs/benchmarks.md.
 */
import { Engine } from "./harness/engine.js";
import { judge, type Verdict } from "./harness/measurement.js";
import { formatVerdict, writeReport } from "./harness/report.js";
import { Subject } from "./harness/subject.js";
import { workloads } from "./workloads/index.js";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => !workloads.some((workload) => workload.id === id));
if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(", ")}; there are ${workloads.map(({ id }) => id).join(", ")}`);

const engine = new Engine();
const dockerVersion = await engine.version().catch((error: unknown) => {
  throw new Error("the benchmarks need a Docker Engine, and none answers", { cause: error });
});
const chosen = workloads.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const leaveSwarm = chosen.some(({ needsSwarm }) => needsSwarm) ? await engine.becomeSwarm() : undefined;
const subject = await Subject.start();
const verdicts: Verdict[] = [];
try {
  for (const workload of chosen) {
    process.stdout.write(`${workload.id}: ${workload.title} …\n`);
    const found = (await workload.run({ subject, engine })).map(judge);
    for (const verdict of found) process.stdout.write(`${formatVerdict(verdict)}\n`);
    verdicts.push(...found);
  }
} finally {
  await subject.stop();
  await engine.removeContainers();
  await leaveSwarm?.();
}
writeReport(verdicts, dockerVersion);
