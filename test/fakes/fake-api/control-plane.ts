import { createLog } from "../../../src/base/log.js";
import { createEventRecorder } from "../../../src/client/event-recorder.js";
import { runControllers } from "../../../src/controllers/manager.js";
import { createDefaultProfile } from "../../../src/scheduler/default-profile.js";
import { SchedulingTerm } from "../../../src/scheduler/scheduling-term.js";
import type { FakeClock } from "../fake-clock.js";
import { FakeApi } from "./fake-api.js";

/** The controllers and the scheduler at work on a cluster in memory. */
export interface ControlPlane {
  readonly api: FakeApi;
  /** Ends them; fails with what they failed with. */
  stop(): Promise<void>;
}

/** Starts all controllers and, with `scheduler`, the scheduler. Stop it in the same test. */
export function startControlPlane(clock: FakeClock, options: { readonly scheduler?: boolean; readonly api?: FakeApi } = {}): ControlPlane {
  const { scheduler = false, api = new FakeApi(clock) } = options;
  const log = createLog("test", "silent");
  const control = new AbortController();
  const running = [runControllers({ client: api, clock, log }, control.signal)];
  if (scheduler) {
    const events = createEventRecorder({ client: api, component: "default-scheduler", clock, log });
    running.push(
      new SchedulingTerm({ client: api, events, profiles: (context) => [createDefaultProfile(context)], clock, log }).run(control.signal),
    );
  }
  const ended = Promise.all(running);
  ended.catch((_thrownByStop: unknown) => undefined);
  return {
    api,
    stop: async () => {
      control.abort();
      await ended;
    },
  };
}
