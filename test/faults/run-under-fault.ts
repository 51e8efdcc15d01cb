import { expect } from "chai";
import { faultsOf } from "../history/check-history.js";
import { Recorder } from "../history/recorder.js";
import { perform } from "./config-map-register.js";
import type { ControlPlane } from "./control-plane.js";
import { factor, seed } from "./seed.js";
import { startWatcher, type Watcher } from "./watcher.js";
import { runClient, type WorkloadClient } from "./workload.js";

const outageMs = 60_000;
const keys = ["one", "two", "three", "four"];
const clientCount = 6;
const operationsEach = 120;

export interface FaultRun {
  readonly plane: ControlPlane;
  /** Does harm; called at each quarter of the work, while the work goes on. */
  readonly harm: (quarter: number) => Promise<void>;
  /** Where the watchers dial, if not the api-servers themselves. */
  readonly watchAddress?: string;
}

/** What a run came to. */
export interface FaultReport {
  readonly recorder: Recorder;
  readonly watchers: readonly Watcher[];
}

/**
 * Lets clients work on shared keys and watchers watch while harm is done, then checks all that they did and saw: every
 * key linearizable, every watch ordered, unique and complete to the last change.
 */
export async function runUnderFault({ plane, harm, watchAddress }: FaultRun): Promise<FaultReport> {
  const recorder = new Recorder();
  const clients = await Promise.all(Array.from({ length: clientCount }, (_, index) => connect(plane, index)));
  const watchers = await Promise.all(
    Array.from({ length: 3 }, async (_, index) => {
      const at = index % plane.count;
      return startWatcher(`watcher-${index}`, await plane.client(at, outageMs, watchAddress), recorder);
    }),
  );
  const operations = operationsEach * factor;
  const working = clients.map((client, index) => runClient(client, { recorder, keys, operations, seed: seed * 1_000 + index }));
  const harming = doHarm(recorder, operations * clientCount, harm);
  await Promise.all([...working, harming]);
  await seeTheEnd(clients, watchers, recorder);
  for (const watcher of watchers) await watcher.stop();
  const faults = faultsOf(recorder);
  // Not left to the report, which shows nothing of an array of long lines.
  expect(faults, [`HOWBERNETES_SEED=${seed} HOWBERNETES_FAULT_FACTOR=${factor}`, ...faults].join("\n")).to.be.empty;
  expectWork(recorder);
  return { recorder, watchers };
}

async function connect(plane: ControlPlane, index: number): Promise<WorkloadClient> {
  const at = index % plane.count;
  return { name: `c${index}`, hasty: await plane.client(at, 0), patient: await plane.client(at, outageMs) };
}

async function doHarm(recorder: Recorder, total: number, harm: FaultRun["harm"]): Promise<void> {
  for (const quarter of [1, 2, 3]) {
    await recorder.reached(Math.floor((total * quarter) / 4));
    await harm(quarter);
  }
}

/** A last object tells each watcher, and so us, that it has seen everything. Reads of every key complete the history. */
async function seeTheEnd([first]: readonly WorkloadClient[], watchers: readonly Watcher[], recorder: Recorder): Promise<void> {
  if (first === undefined) throw new Error("there is no client");
  for (const key of keys) await recorder.operation("reader", key, { verb: "get" }, () => perform(first.patient, key, { verb: "get" }));
  const end = { verb: "create", fields: { reader: 1 } } as const;
  await recorder.operation("reader", "end", end, () => perform(first.patient, "end", end));
  await Promise.all(watchers.map((watcher) => watcher.saw("end")));
}

/** A run in which nothing was done would prove nothing. */
function expectWork({ operations, watches }: Recorder): void {
  for (const verb of ["create", "update", "patch", "delete", "get"]) {
    const answered = operations.filter(({ request, outcome }) => request.verb === verb && outcome.result === "ok");
    expect(answered, verb).to.not.be.empty;
  }
  for (const { watcher, events } of watches.filter(({ watcher: name }) => name.endsWith("/0"))) expect(events, watcher).to.not.be.empty;
}
