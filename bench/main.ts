/**
 * `npm run bench` measures everything, `npm run bench -- B2 B3` some of it. Each benchmark measures howbernetes and its
 * peer in this one run; the results go to bench/results/latest.json and docs/benchmarks.md.
 *
 * `npm run bench -- --profile B6` says instead what the api-server spends its time on; profiled figures are not kept.
 */
import { parseArgs } from "node:util";

import { profileServersInto } from "./harness/api-server-process.js";
import { Engine } from "./harness/engine.js";
import { withLag } from "./harness/event-loop-lag.js";
import { type Comparison, judge, type Verdict } from "./harness/measurement.js";
import { ProfileFolder } from "./harness/profile.js";
import { formatShare, formatVerdict, writeReport } from "./harness/report.js";
import { Subject } from "./harness/subject.js";
import { serverWorkloads, workloads } from "./workloads/index.js";
import type { Workload } from "./workloads/workload.js";

const { values: flags, positionals: wanted } = parseArgs({ allowPositionals: true, options: { profile: { type: "boolean" } } });
const ids = [...workloads, ...serverWorkloads].map(({ id }) => id);
const unknown = wanted.filter((id) => !ids.includes(id));
if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(", ")}; there are ${ids.join(", ")}`);

const isWanted = ({ id }: { readonly id: string }): boolean => wanted.length === 0 || wanted.includes(id);
const verdicts: Verdict[] = [];
const profiles = flags.profile === true ? new ProfileFolder() : undefined;
if (profiles !== undefined) profileServersInto(profiles.path);

async function measure(id: string, title: string, run: () => Promise<readonly Comparison[]>): Promise<void> {
  process.stdout.write(`${id}: ${title} …\n`);
  const found = (await run()).map(judge);
  for (const verdict of found) process.stdout.write(`${formatVerdict(verdict)}\n`);
  verdicts.push(...found);
  for (const share of profiles?.take() ?? []) if (share.share >= 0.01) process.stdout.write(`${formatShare(share)}\n`);
}

async function measureOnDocker(chosen: readonly Workload[], engine: Engine): Promise<void> {
  const leaveSwarm = chosen.some(({ needsSwarm }) => needsSwarm) ? await engine.becomeSwarm() : undefined;
  const subject = await Subject.start();
  try {
    for (const workload of chosen) {
      await measure(workload.id, workload.title, async () => {
        const comparisons = await workload.run({ subject, engine });
        return workload.isOfEngineAlone === true ? comparisons : await withLag(comparisons, subject.cluster.httpAddress);
      });
    }
  } finally {
    await subject.stop();
    await engine.removeContainers();
    await leaveSwarm?.();
  }
}

for (const { id, title, run } of serverWorkloads.filter(isWanted)) await measure(id, title, run);
const engine = new Engine();
const dockerVersion = await engine.version().catch((_absent: unknown) => undefined);
const onDocker = workloads.filter(isWanted);
if (onDocker.length > 0 && dockerVersion !== undefined) await measureOnDocker(onDocker, engine);
else if (onDocker.length > 0) process.stdout.write(`no Docker Engine answers: not run are ${onDocker.map(({ id }) => id).join(", ")}\n`);
if (profiles === undefined) writeReport(verdicts, dockerVersion ?? "none");
profiles?.remove();
