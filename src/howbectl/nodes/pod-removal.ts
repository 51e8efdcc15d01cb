import { isApiError, isConflict, isNotFound, isTooManyRequests } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { isAbort, throwIfAborted } from "../../base/abort.js";
import type { ApiClient } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { CliEnv } from "../cli-env.js";
import { concernsOneObject } from "../failures.js";
import { dryRunSuffix } from "../flags/write-flags.js";
import type { Departures } from "./departures.js";
import type { DrainFlags } from "./drain-flags.js";
import { goDuration } from "./go-duration.js";

interface PodRemovalDeps {
  readonly client: ApiClient;
  readonly departures: Departures;
  readonly flags: DrainFlags;
  readonly env: CliEnv;
  /** Fires when the time is over, too. */
  readonly signal: AbortSignal;
}

// kubectl's: a budget allows more when pods have become ready elsewhere.
const retryAfterMs = 5_000;

/** Evicts or deletes pods, waits until they have gone, and tells of each. */
export class PodRemoval {
  constructor(private readonly deps: PodRemovalDeps) {}

  /** Evicts pods, all at the same time; one that a budget protects is tried again. @returns what failed */
  async evictAll(pods: readonly Whole<Pod>[]): Promise<readonly string[]> {
    const failures = await Promise.all(pods.map((pod) => this.evict(pod)));
    return failures.filter((failure) => failure !== undefined);
  }

  /** Deletes pods whatever budgets say. @returns what failed */
  async deleteAll(pods: readonly Whole<Pod>[]): Promise<readonly string[]> {
    const { client, env, signal, flags } = this.deps;
    const deleted: Whole<Pod>[] = [];
    for (const pod of pods) {
      try {
        await client.of(podKind).delete(keyOf(pod), { options: this.optionsFor(pod), signal });
        deleted.push(pod);
        if (flags.dryRun === "server") this.tell(pod, "deleted");
      } catch (error: unknown) {
        if (isAbort(error)) return [this.timeIsOver(`error when deleting ${nameOf(pod)}`)];
        if (!isGone(error)) return [messageOf(error)];
      }
    }
    if (flags.dryRun === "server") return [];
    try {
      await Promise.all(deleted.map((pod) => this.awaitDeparture(pod, "deleted")));
      return [];
    } catch (error: unknown) {
      if (!isAbort(error)) return [messageOf(error)];
      throwIfAborted(env.signal);
      return ["timed out waiting for the condition"];
    }
  }

  private async evict(pod: Whole<Pod>): Promise<string | undefined> {
    const { flags } = this.deps;
    const { name, namespace } = pod.metadata;
    try {
      if (!(await this.evictWhenAllowed(pod)) || flags.dryRun === "server") return undefined;
    } catch (error: unknown) {
      const doing = `error when evicting ${nameOf(pod)}`;
      return isAbort(error) ? this.timeIsOver(doing) : `${doing}: ${messageOf(error)}`;
    }
    try {
      await this.awaitDeparture(pod, "evicted");
      return undefined;
    } catch (error: unknown) {
      const doing = `error when waiting for pod "${name}" in namespace "${namespace}" to terminate`;
      if (isAbort(error)) return this.timeIsOver(doing);
      this.tell(pod, "eviction failed");
      return `${doing}: ${messageOf(error)}`;
    }
  }

  /** @returns false when the pod was gone already */
  private async evictWhenAllowed(pod: Whole<Pod>): Promise<boolean> {
    const { client, flags, env, signal } = this.deps;
    const { name, namespace } = pod.metadata;
    for (;;) {
      env.out.line(`evicting pod ${namespace}/${name}${dryRunSuffix(flags.dryRun)}`);
      try {
        await client.evict(keyOf(pod), { options: this.optionsFor(pod), signal });
        return true;
      } catch (error: unknown) {
        if (isGone(error)) return false;
        if (!isTooManyRequests(error)) throw error;
        env.err.line(`error when evicting ${nameOf(pod)} (will retry after 5s): ${error.message}`);
      }
      await env.clock.sleep(retryAfterMs, signal);
    }
  }

  private async awaitDeparture(pod: Whole<Pod>, done: string): Promise<void> {
    const { departures, flags, env, signal } = this.deps;
    if ((await departures.left(pod, signal)) === "gone") this.tell(pod, done);
    else {
      const seconds = flags.skipWaitForDeleteTimeout;
      env.out.line(`pod "${pod.metadata.name}" has DeletionTimestamp older than ${seconds} seconds, skipping`);
    }
  }

  /** @throws an abort error when it is not the time that is over: the command was interrupted */
  private timeIsOver(doing: string): string {
    throwIfAborted(this.deps.env.signal);
    return `${doing}: global timeout reached: ${goDuration(this.deps.flags.timeout)}`;
  }

  private tell(pod: Whole<Pod>, done: string): void {
    const { env, flags } = this.deps;
    env.out.line(`pod/${pod.metadata.name} ${done}${dryRunSuffix(flags.dryRun)}`);
  }

  /** Another pod that has taken the name is not meant. */
  private optionsFor({ metadata }: Whole<Pod>): Partial<DeleteOptions> {
    const { gracePeriod, dryRun } = this.deps.flags;
    return {
      preconditions: { uid: metadata.uid },
      ...(gracePeriod < 0 ? {} : { gracePeriodSeconds: gracePeriod }),
      ...(dryRun === "server" ? { dryRun: ["All"] } : {}),
    };
  }
}

const nameOf = ({ metadata }: Whole<Pod>): string => `pods/"${metadata.name}" -n "${metadata.namespace}"`;

/** With a uid as precondition, a conflict says that the pod is gone and another has its name. */
const isGone = (error: unknown): boolean => isNotFound(error) || isConflict(error);

function messageOf(error: unknown): string {
  if (isApiError(error) && concernsOneObject(error)) return error.message;
  throw error;
}
