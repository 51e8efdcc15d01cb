import { isApiError } from "../../api/errors.js";
import type { Whole } from "../../api/object.js";
import { abortable, type Deferred, deferred } from "../../base/abort.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { CliEnv } from "../cli-env.js";
import { containerStatusOf, type PodContainer } from "../pods/pod-containers.js";
import { hasEndedForGood, namedInstances, unreadInstances } from "./instances.js";
import { type LogPrinting, printLog } from "./log-printer.js";

export interface ContainerFollowDeps {
  readonly container: PodContainer;
  /** For the first run that is read; those that come later are read from their beginning. */
  readonly options: PodLogOptions;
  readonly printing: LogPrinting;
  readonly env: CliEnv;
}

/**
 * Prints what one container writes, through its restarts. Each run is read by its own id and once, in order, so that no
 * line is missed or printed twice however the statuses and the outputs overtake one another.
 */
export class ContainerFollow {
  private known: Set<string> | undefined;
  private readonly unread: string[] = [];
  private hasEnded = false;
  private hasRead = false;
  private news: Deferred<void> = deferred();

  constructor(private readonly deps: ContainerFollowDeps) {}

  /** Takes in a pod's newest status. */
  see(pod: Whole<Pod>, isGone: boolean): void {
    const { container } = this.deps;
    const status = containerStatusOf(pod, container.name);
    const instances = namedInstances(status);
    if (instances.length > 0) {
      this.unread.push(...unreadInstances(status, this.known));
      this.known = new Set([...(this.known ?? []), ...instances]);
    }
    const { phase } = pod.status;
    const isOver = isGone || phase === "Succeeded" || phase === "Failed";
    this.hasEnded = isOver || hasEndedForGood(container, status);
    const told = this.news;
    this.news = deferred();
    told.resolve();
  }

  /** Prints until the container has ended for good. @throws ApiError when an output breaks off */
  async run({ metadata }: Whole<Pod>, signal: AbortSignal): Promise<void> {
    for (;;) {
      const { promise } = this.news;
      const instance = this.unread.shift();
      if (instance !== undefined) await this.read(metadata, instance, signal);
      else if (this.hasEnded) return;
      else await abortable(promise, signal);
    }
  }

  private async read(pod: { readonly namespace: string; readonly name: string }, instance: string, signal: AbortSignal): Promise<void> {
    const { container, options, printing, env } = this.deps;
    const source = { namespace: pod.namespace, pod: pod.name, container: container.name };
    const { follow, timestamps } = options;
    const wanted = this.hasRead ? PodLogOptions.fromPartial({ follow, timestamps }) : options;
    this.hasRead = true;
    try {
      await printLog(source, { options: wanted, instance }, printing, { env, signal });
    } catch (error: unknown) {
      // Its node has cleared it away, or the pod is gone: what comes after it is still wanted.
      if (!isApiError(error) || (error.reason !== "NotFound" && error.reason !== "BadRequest")) throw error;
      env.err.line(`warning: ${error.message}`);
    }
  }
}
