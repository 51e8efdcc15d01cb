import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { linkAbort } from "../../base/linked-abort.js";
import type { Log } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { ContainerFlight } from "../../gen/howbernetes/flight/v1/flight_record.js";
import { type Termination, terminationOf } from "../containers/termination.js";
import { EventAllowance } from "../event-allowance.js";
import { Limiter } from "../limiter.js";
import type { LastProbe } from "../probes/last-probe.js";
import type { ContainerStreams } from "../runtime/container-streams.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { type LogTail, readLogTail } from "./log-tail.js";
import type { RememberedEvent, RememberingReporter } from "./remembering-reporter.js";
import { isUntimely } from "./untimely-death.js";

export interface FlightRecorderDeps {
  readonly streams: Pick<ContainerStreams, "logs">;
  readonly reporter: Pick<RememberingReporter, "death" | "eventsOf">;
  /** The last results of a container's probes. */
  readonly probed: (podUid: string, containerId: string) => readonly LastProbe[];
  /** Scheme of container ids, as "docker". */
  readonly runtimeName: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A container that has been seen dead for the first time by this process. */
export interface DeadContainer {
  readonly pod: Whole<Pod>;
  readonly snapshot: ContainerSnapshot;
  /** What it left to be told, by its termination message. */
  readonly lastWords: string;
}

/** A crash loop waits longer and longer by itself; what dies faster than this tells nothing new. */
const deathLimits = { burst: 10, refillMs: 60_000 } as const;
/** Pods of which allowances are remembered. */
const maxPods = 500;
const readsAtOnce = 2;
const readDeadlineMs = 10_000;
const keptEvents = 10;

/** Tells what is known of containers that died when they should not have: how, after what, and with what last lines. */
export class FlightRecorder {
  private readonly reads = new Limiter(readsAtOnce);
  private readonly allowances = new Map<string, EventAllowance>();

  constructor(private readonly deps: FlightRecorderDeps) {}

  /** Returns at once; the log is read meanwhile, and the death told then, also when that failed. */
  died(dead: DeadContainer, signal: AbortSignal): void {
    const { pod, snapshot } = dead;
    if (!isUntimely(snapshot, pod) || !this.allowanceOf(pod.metadata.uid).take()) return;
    // Now: what is known of the container may be forgotten while its log is read.
    const { reporter, probed } = this.deps;
    const events = reporter.eventsOf(pod.metadata.uid, snapshot.identity.container).slice(-keptEvents);
    const facts = { ...dead, events, probes: probed(pod.metadata.uid, snapshot.id), runtimeName: this.deps.runtimeName() };
    this.tail(snapshot.id, signal)
      .then((tail) => reporter.death(pod, flightOf(facts, tail)))
      .catch((error: unknown) => {
        if (!isAbort(error)) this.deps.log.warn("a container's end is not recorded", { pod: pod.metadata.name, error });
      });
  }

  private allowanceOf(podUid: string): EventAllowance {
    const found = this.allowances.get(podUid) ?? new EventAllowance(this.deps.clock, deathLimits);
    // The last to be asked for is the last to be forgotten.
    this.allowances.delete(podUid);
    this.allowances.set(podUid, found);
    const [oldest] = this.allowances.keys();
    if (this.allowances.size > maxPods && oldest !== undefined) this.allowances.delete(oldest);
    return found;
  }

  private async tail(id: string, signal: AbortSignal): Promise<LogTail> {
    const stop = linkAbort(signal);
    const cancel = this.deps.clock.after(readDeadlineMs, () => stop.abort());
    try {
      return await this.reads.run(0, stop.signal, () => readLogTail(this.deps.streams, id, stop.signal));
    } catch (error: unknown) {
      if (signal.aborted) throw error;
      const why = stop.signal.aborted ? " in time" : `: ${error instanceof Error ? error.message : String(error)}`;
      return { lines: [], note: `the log could not be read${why}` };
    } finally {
      cancel();
      stop.unlink();
    }
  }
}

interface FlightFacts extends DeadContainer {
  readonly events: readonly RememberedEvent[];
  readonly probes: readonly LastProbe[];
  readonly runtimeName: string;
}

function flightOf({ snapshot, lastWords, events, probes, runtimeName }: FlightFacts, tail: LogTail): ContainerFlight {
  const { identity, image, imageId, oomKilled } = snapshot;
  return ContainerFlight.fromPartial({
    container: identity.container,
    restartCount: identity.attempt,
    image,
    imageID: imageId,
    end: endOf(terminationOf(snapshot, lastWords), runtimeName),
    oomKilled,
    lastProbes: probes.map(({ probe, outcome, message, atMs }) => ({ probe, outcome, message, time: timeFromMs(atMs) })),
    lastEvents: events.map(({ type, reason, message, atMs }) => ({ type, reason, message, time: timeFromMs(atMs) })),
    log: [...tail.lines],
    ...(tail.note === "" ? {} : { logNote: tail.note }),
  });
}

function endOf({ exitCode, reason, message, startedAtMs, finishedAtMs, containerId }: Termination, runtimeName: string) {
  const signal = exitCode > 128 && exitCode <= 128 + 64 ? exitCode - 128 : 0;
  return {
    exitCode,
    ...(signal === 0 ? {} : { signal }),
    reason,
    message,
    startedAt: startedAtMs === undefined ? undefined : timeFromMs(startedAtMs),
    finishedAt: finishedAtMs === undefined ? undefined : timeFromMs(finishedAtMs),
    containerID: `${runtimeName}://${containerId}`,
  };
}
