/** A howbelet on Docker that kills itself, as SIGKILL does, at a moment that its settings name. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/base/clock.js";
import { createLog } from "../../../src/base/log.js";
import { stopOnSignals } from "../../../src/base/stop-signals.js";
import { createHowbelet } from "../../../src/howbelet/howbelet.js";
import { createDockerRuntime } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import type { NodeInvitation } from "../../../src/testing/index.js";
import { doomedRuntime } from "./doomed-runtime.js";

/** What it is told, in a JSON file. */
export interface DoomedSettings extends NodeInvitation {
  readonly nodeName: string;
  readonly dataDir: string;
  /** The moments that it lives through; null to live on. */
  readonly moments: number | null;
}

const [, , file = ""] = process.argv;
const { moments, ...settings } = JSON.parse(readFileSync(file, "utf8")) as DoomedSettings;
const log = createLog("howbelet", "silent");
let passed = 0;

const runtime = doomedRuntime(createDockerRuntime({ directory: join(settings.dataDir, "sandboxes"), log }), (what) => {
  if (moments === null || passed++ < moments) return Promise.resolve();
  process.stdout.write(`killed ${what}\n`, () => process.kill(process.pid, "SIGKILL"));
  // Nothing comes after it.
  return new Promise(() => undefined);
});
const howbelet = createHowbelet({ ...settings, runtime, clock: systemClock, log, onReady: () => process.stdout.write("ready\n") });
await howbelet.run(stopOnSignals(process));
