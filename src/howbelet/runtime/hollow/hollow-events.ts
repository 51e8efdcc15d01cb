import { abortError } from "../../../base/abort.js";
import type { RuntimeEvent, RuntimeScope } from "../interface.js";

interface Subscriber {
  readonly scope: RuntimeScope;
  readonly queue: RuntimeEvent[];
  wake: () => void;
  ended: boolean;
}

/** Hands events to every subscriber of their scope, in order. */
export class HollowEvents {
  private readonly subscribers = new Set<Subscriber>();

  emit(scope: RuntimeScope, event: RuntimeEvent): void {
    for (const subscriber of this.subscribers) {
      if (subscriber.scope.clusterUid !== scope.clusterUid || subscriber.scope.nodeName !== scope.nodeName) continue;
      subscriber.queue.push(event);
      subscriber.wake();
    }
  }

  /** Ends all subscriptions. */
  end(): void {
    for (const subscriber of this.subscribers) {
      subscriber.ended = true;
      subscriber.wake();
    }
  }

  async *subscribe(scope: RuntimeScope, subscribed: () => void, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const subscriber: Subscriber = { scope, queue: [], wake: () => undefined, ended: false };
    const onAbort = (): void => subscriber.wake();
    this.subscribers.add(subscriber);
    signal.addEventListener("abort", onAbort, { once: true });
    subscribed();
    try {
      while (!subscriber.ended && !signal.aborted) {
        const event = subscriber.queue.shift();
        if (event !== undefined) {
          yield event;
          continue;
        }
        await new Promise<void>((resolve) => {
          subscriber.wake = resolve;
          if (subscriber.queue.length > 0 || subscriber.ended || signal.aborted) resolve();
        });
      }
    } finally {
      this.subscribers.delete(subscriber);
      signal.removeEventListener("abort", onAbort);
    }
    if (signal.aborted) throw abortError(signal);
  }
}
