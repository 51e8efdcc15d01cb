import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../base/clock.js";

// Half of the ten milliseconds that nothing may hold the event loop for; the rest is the caller's own step.
const sliceMs = 5;
// Reading the clock costs more than most steps do.
const stepsBetweenLooks = 32;

/** Lets long loops give way to others: call it once per step, and await what it returns. */
export function createTimeSlice(clock: Pick<Clock, "monotonicMs">): () => Promise<void> | undefined {
  let began = clock.monotonicMs();
  let steps = 0;
  return () => {
    steps += 1;
    if (steps % stepsBetweenLooks !== 0 || clock.monotonicMs() - began < sliceMs) return undefined;
    return setImmediate().then(() => {
      began = clock.monotonicMs();
    });
  };
}
