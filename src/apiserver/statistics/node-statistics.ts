import { ApiError, timedOut } from "../../api/errors.js";
import { abortable } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { NodeStatistics } from "../../gen/howbernetes/api/v1/metrics.js";
import type { SessionBroker } from "../nodes/session-broker.js";

/** So many that ask one after the other, as autoscalers do, make a node measure once. */
const goodForMs = 5_000;
/** A node that is asked for the first time measures for a second. */
const deadlineMs = 5_000;
/** Nodes asked at once by one request. */
const nodesAtOnce = 32;
/** What a node may say; a thousand containers take about a tenth of it. */
const maxBytes = 1024 * 1024;

interface Answer {
  readonly askedAtMs: number;
  readonly statistics: Promise<NodeStatistics>;
}

/** What nodes said, or why one did not. */
export interface NodeAnswers {
  readonly answers: ReadonlyMap<string, NodeStatistics>;
  readonly unreachable: readonly { readonly name: string; readonly reason: string }[];
}

export interface StatisticsReaderDeps {
  readonly broker: Pick<SessionBroker, "open">;
  readonly clock: Clock;
}

/**
 * Asks nodes what they and their containers use, over their tunnels. Whoever asks within five seconds of another gets
 * the same answer; a failure is not kept.
 */
export class StatisticsReader {
  private readonly recent = new Map<string, Answer>();

  constructor(private readonly deps: StatisticsReaderDeps) {}

  /** Asks all of them at once, as far as many go at once. Never rejects but when `signal` fires. */
  async ofNodes(names: Iterable<string>, signal: AbortSignal): Promise<NodeAnswers> {
    const answers = new Map<string, NodeStatistics>();
    const unreachable: { name: string; reason: string }[] = [];
    const waiting = [...new Set(names)];
    const askNext = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        try {
          answers.set(name, await abortable(this.ofNode(name), signal));
        } catch (error: unknown) {
          if (signal.aborted) throw error;
          unreachable.push({ name, reason: ApiError.from(error).message });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(nodesAtOnce, waiting.length) }, askNext));
    return { answers, unreachable: unreachable.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }

  private ofNode(name: string): Promise<NodeStatistics> {
    const nowMs = this.deps.clock.monotonicMs();
    const known = this.recent.get(name);
    if (known !== undefined && nowMs - known.askedAtMs < goodForMs) return known.statistics;
    for (const [other, { askedAtMs }] of this.recent) if (nowMs - askedAtMs >= goodForMs) this.recent.delete(other);
    const answer = { askedAtMs: nowMs, statistics: this.ask(name) };
    this.recent.set(name, answer);
    answer.statistics.catch((_told: unknown) => {
      if (this.recent.get(name) === answer) this.recent.delete(name);
    });
    return answer.statistics;
  }

  /** Not bound to the caller, who may share the answer with others. */
  private async ask(name: string): Promise<NodeStatistics> {
    const late = new AbortController();
    const cancel = this.deps.clock.after(deadlineMs, () => late.abort());
    try {
      return await this.receive(name, late.signal);
    } catch (error: unknown) {
      throw late.signal.aborted ? timedOut(`node "${name}" did not answer in time`) : error;
    } finally {
      cancel();
    }
  }

  private async receive(name: string, signal: AbortSignal): Promise<NodeStatistics> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const order = { $case: "statistics", value: {} } as const;
    for await (const { message } of this.deps.broker.open(name, { order }, signal)) {
      if (message?.$case !== "data") continue;
      bytes += message.value.length;
      if (bytes > maxBytes) throw new ApiError("InternalError", `node "${name}" said too much`);
      pieces.push(message.value);
    }
    return NodeStatistics.decode(Buffer.concat(pieces));
  }
}
