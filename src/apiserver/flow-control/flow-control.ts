import { tooManyRequests } from "../../api/errors.js";
import { abortError, type Deferred, deferred, throwIfAborted } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Metrics } from "../../base/metrics.js";
import type { Caller } from "../../rpc/contracts.js";
import { createFlowMetrics, type FlowMetrics } from "./flow-metrics.js";
import { type PriorityLevel, type PriorityLevelName, priorityLevelOf, priorityLevels, type RequestTraits } from "./priority-levels.js";
import { SeatAccount } from "./seat-account.js";

export interface FlowControlOptions {
  /** Seats of all levels together: how many simple requests run at once; 0 for no limit. */
  readonly maxRequestsInFlight: number;
  readonly clock: Pick<Clock, "monotonicMs" | "after">;
  readonly metrics: Metrics;
}

/** Gives back the seats; again does nothing. */
export type Release = () => void;

/**
 * Lets requests in, as many at once as there are seats at their priority level. The others wait, each user in a queue of
 * its own, and are refused when too many wait or they have waited too long.
 */
export interface FlowControl {
  /**
   * Waits for seats. Whoever gets them gives them back.
   * @throws ApiError TooManyRequests with a time to retry after; an abort error when `signal` fires while it waits
   */
  enter(caller: Caller, request: RequestTraits & { readonly seats: number }, signal: AbortSignal): Promise<Release>;
}

/** A process with one thread has little use for more; what is in flight mostly waits for the store. */
export const defaultMaxRequestsInFlight = 400;
/** A quarter of the time that a client gives a call, as in Kubernetes. */
const maxWaitMs = 7_500;
const retryAfterSeconds = 1;
/** How many users may fill their queues at the same time before anybody else is refused. */
const fullQueues = 4;

/** Creates the one flow control of a server. */
export function createFlowControl(options: FlowControlOptions): FlowControl {
  if (options.maxRequestsInFlight === 0) return { enter: async () => () => undefined };
  const metrics = createFlowMetrics(options.metrics);
  const sum = priorityLevels.reduce((total, { shares }) => total + shares, 0);
  const levels = new Map<PriorityLevelName, LevelGate>();
  for (const level of priorityLevels) {
    const seats = Math.max(1, Math.ceil((options.maxRequestsInFlight * level.shares) / sum));
    levels.set(level.name, new LevelGate(level, seats, { ...options, metrics }));
  }
  return {
    enter: (caller, request, signal) => {
      const gate = levels.get(priorityLevelOf(caller, request));
      // Every level in the list has a gate; a caller without one would be a caller without limit.
      if (gate === undefined) throw tooManyRequests("too many requests, please try again later", retryAfterSeconds);
      return gate.enter(caller.name, request.seats, signal);
    },
  };
}

interface Waiting {
  readonly flow: string;
  readonly seats: number;
  readonly admitted: Deferred<void>;
}

interface LevelDeps extends Pick<FlowControlOptions, "clock" | "maxRequestsInFlight"> {
  readonly metrics: FlowMetrics;
}

/** One priority level: the accounting, and those who wait for what it decides. */
class LevelGate {
  private readonly account: SeatAccount<Waiting>;
  private readonly labels: { readonly level: string };

  constructor(
    { name }: PriorityLevel,
    seats: number,
    private readonly deps: LevelDeps,
  ) {
    const maxWaitingSeatsOfFlow = Math.max(seats, deps.maxRequestsInFlight);
    this.account = new SeatAccount({ seats, maxWaitingSeatsOfFlow, maxWaitingSeats: fullQueues * maxWaitingSeatsOfFlow });
    this.labels = { level: name };
    deps.metrics.seats.set(this.labels, seats);
    this.show();
  }

  async enter(flow: string, seats: number, signal: AbortSignal): Promise<Release> {
    throwIfAborted(signal);
    const request: Waiting = { flow, seats, admitted: deferred() };
    switch (this.account.ask(request)) {
      case "refused":
        throw this.refuse("queue-full");
      case "waits":
        this.show();
        await this.wait(request, signal);
        break;
      case "runs":
    }
    this.deps.metrics.dispatched.inc(this.labels);
    this.show();
    return once(() => this.admit(this.account.release(request)));
  }

  private async wait(request: Waiting, signal: AbortSignal): Promise<void> {
    const { clock, metrics } = this.deps;
    const sinceMs = clock.monotonicMs();
    const leave = (error: Error): void => {
      this.admit(this.account.leave(request));
      request.admitted.reject(error);
    };
    const onAbort = (): void => leave(abortError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    const cancelTimer = clock.after(maxWaitMs, () => leave(this.refuse("time-out")));
    try {
      await request.admitted.promise;
    } finally {
      cancelTimer();
      signal.removeEventListener("abort", onAbort);
      metrics.waitSeconds.observe(this.labels, (clock.monotonicMs() - sinceMs) / 1_000);
    }
  }

  private admit(requests: readonly Waiting[]): void {
    for (const { admitted } of requests) admitted.resolve();
    this.show();
  }

  private refuse(reason: string): Error {
    this.deps.metrics.refused.inc({ ...this.labels, reason });
    return tooManyRequests("too many requests, please try again later", retryAfterSeconds);
  }

  private show(): void {
    this.deps.metrics.takenSeats.set(this.labels, this.account.takenSeats);
    this.deps.metrics.waiting.set(this.labels, this.account.waiting);
  }
}

function once(task: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    task();
  };
}
