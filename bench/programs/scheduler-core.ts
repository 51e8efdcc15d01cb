/**
 * Measures the scheduler's core alone, in a process of its own. Its argument: a file with `CoreSettings`; without one it
 * measures 5,000 nodes and 10,000 pods. It tells its parent a `CoreResult`, or prints it.
 */
import { readFileSync } from "node:fs";
import { type CoreSettings, runCore } from "../scheduling/core-run.js";

const file = process.argv[2];
const defaults: CoreSettings = { nodes: 5_000, warm: 1_000, pods: 10_000 };
const settings = file === undefined ? defaults : (JSON.parse(readFileSync(file, "utf8")) as CoreSettings);
const result = runCore(settings);
if (process.send === undefined) process.stdout.write(`${JSON.stringify(result)}\n`);
else process.send(result);
