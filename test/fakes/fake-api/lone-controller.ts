import { createLog } from "../../../src/base/log.js";
import type { ListedController } from "../../../src/controllers/list.js";
import { runControllers } from "../../../src/controllers/manager.js";
import type { FakeClock } from "../fake-clock.js";
import type { FakeApi } from "./fake-api.js";
import { settle } from "./settle.js";

/** Runs one controller and no other on a cluster in memory: what others make of its objects is another matter. @returns what ends it */
export async function startLoneController(api: FakeApi, clock: FakeClock, controller: ListedController): Promise<() => Promise<void>> {
  const control = new AbortController();
  const running = runControllers({ client: api, clock, log: createLog("test", "silent") }, control.signal, [controller]);
  await settle();
  return async () => {
    control.abort();
    await running;
  };
}
