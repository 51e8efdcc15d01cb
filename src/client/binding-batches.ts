import { isMethodNotAllowed } from "../api/errors.js";
import { abortable, type Deferred, deferred, throwIfAborted } from "../base/abort.js";
import type { BindManyRequest, BindManyResponse, BindRequest, BindResponse } from "../gen/howbernetes/api/v1/pods.js";
import type { CallOptions } from "../rpc/contracts.js";
import { decodeErrorDetails } from "../rpc/error-details.js";

/** How bindings are sent. */
export interface BindingCalls {
  bind(request: BindRequest, options?: CallOptions): Promise<BindResponse>;
  bindMany(request: BindManyRequest, options?: CallOptions): Promise<BindManyResponse>;
}

// So many that a call's own cost is shared by enough of them, and so few that the first is not kept waiting by the last.
const mostAtOnce = 16;

interface Waiting {
  readonly request: BindRequest;
  readonly options: BindingOptions;
  readonly answer: Deferred<BindResponse>;
}

interface BindingOptions {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/**
 * Sends the bindings of one turn of the event loop together: a call for each would cost client and server more than the
 * binding does. Each has its own answer. A caller that gives up is not told any more, though the binding may be made all
 * the same if it has been sent.
 */
export class BindingBatches {
  private waiting: Waiting[] = [];

  constructor(private readonly calls: () => BindingCalls) {}

  /** Binds a pod. @throws ApiError as `Pods.Bind`, and an abort error when `signal` fires */
  async bind(request: BindRequest, options: BindingOptions): Promise<BindResponse> {
    const { signal } = options;
    if (signal !== undefined) throwIfAborted(signal);
    const answer = deferred<BindResponse>();
    this.waiting.push({ request, options, answer });
    if (this.waiting.length === 1) setImmediate(() => this.flush());
    if (this.waiting.length === mostAtOnce) this.flush();
    return await (signal === undefined ? answer.promise : abortable(answer.promise, signal));
  }

  private flush(): void {
    const batch = this.waiting.filter(({ options }) => options.signal?.aborted !== true);
    this.waiting = [];
    if (batch.length === 0) return;
    this.send(batch).catch((error: unknown) => {
      for (const { answer } of batch) answer.reject(error);
    });
  }

  private async send(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 1) {
      await this.sendEach(batch);
      return;
    }
    const timeoutMs = Math.max(...batch.map(({ options }) => options.timeoutMs));
    const asked = { bindings: batch.map(({ request }) => request) };
    const answered = await this.calls()
      .bindMany(asked, { timeoutMs })
      .catch((error: unknown) => {
        // A server of an earlier version, which has done nothing.
        if (!isMethodNotAllowed(error)) throw error;
        return undefined;
      });
    if (answered === undefined) await this.sendEach(batch);
    else settle(batch, answered);
  }

  private async sendEach(batch: readonly Waiting[]): Promise<void> {
    const sendOne = async ({ request, answer, options: { signal, timeoutMs } }: Waiting): Promise<void> => {
      try {
        answer.resolve(await this.calls().bind(request, signal === undefined ? { timeoutMs } : { signal, timeoutMs }));
      } catch (error: unknown) {
        answer.reject(error);
      }
    };
    await Promise.all(batch.map(sendOne));
  }
}

function settle(batch: readonly Waiting[], { results }: BindManyResponse): void {
  for (const [place, { answer }] of batch.entries()) {
    const result = results[place];
    const error = result === undefined ? undefined : decodeErrorDetails(result.error, undefined);
    if (error !== undefined) answer.reject(error);
    else if (result !== undefined && result.resourceVersion !== "") answer.resolve({ resourceVersion: result.resourceVersion });
    else answer.reject(new Error("the server did not say what became of a binding"));
  }
}
