import { ApiError } from "../../api/errors.js";
import { kindByResource } from "../../api/kinds/index.js";
import type { Clock } from "../../base/clock.js";
import type { Metrics } from "../../base/metrics.js";
import type { ResourceType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import { httpCodeOf } from "../../rpc/reason-codes.js";
import type { ResourcesDefinition } from "./resources.js";

interface AboutResource {
  readonly type: ResourceType | undefined;
  readonly subresource?: string;
}

export interface RequestMetricsDeps {
  readonly metrics: Metrics;
  readonly clock: Pick<Clock, "monotonicMs">;
}

/**
 * The same handlers, their requests counted by verb, resource and subresource when they begin, and timed by these and
 * the outcome when they end. What no kind serves is counted as "unknown". A watch is only counted: it lasts.
 */
export function countRequests(handlers: Handlers<ResourcesDefinition>, deps: RequestMetricsDeps): Handlers<ResourcesDefinition> {
  const { get, list, create, update, patch, delete: remove, deleteCollection } = handlers;
  const meter = new RequestMeter(deps);
  return {
    get: meter.timed("get", get),
    list: meter.timed("list", list),
    watch: (request, call) => {
      meter.begin("watch", request);
      return handlers.watch(request, call);
    },
    create: meter.timed("create", create, 201),
    update: meter.timed("update", update),
    patch: meter.timed("patch", patch),
    delete: meter.timed("delete", remove),
    deleteCollection: meter.timed("deletecollection", deleteCollection),
  };
}

const requestLabels = ["verb", "resource", "subresource"] as const;

class RequestMeter {
  private readonly begun;
  private readonly seconds;
  private readonly inFlight;
  private readonly running = new Map<string, number>();

  constructor(private readonly deps: RequestMetricsDeps) {
    const { metrics } = deps;
    this.begun = metrics.counter({
      name: "howbernetes_api_requests_total",
      help: "Requests begun, watches included, by verb, resource and subresource.",
      labels: requestLabels,
    });
    this.seconds = metrics.histogram({
      name: "howbernetes_api_request_duration_seconds",
      help: "Time from a request to its answer, watches left out, by outcome as HTTP has it.",
      labels: [...requestLabels, "code"] as const,
    });
    this.inFlight = metrics.gauge({
      name: "howbernetes_api_requests_in_flight",
      help: "Requests that are being served or wait for a seat, watches left out.",
      labels: ["verb"] as const,
    });
  }

  begin(verb: string, request: AboutResource): Record<(typeof requestLabels)[number], string> {
    const labels = { verb, ...partsOf(request) };
    this.begun.inc(labels);
    return labels;
  }

  timed<Request extends AboutResource, Answer>(
    verb: string,
    handle: (request: Request, call: CallContext) => Promise<Answer>,
    successCode = 200,
  ): (request: Request, call: CallContext) => Promise<Answer> {
    return async (request, call) => {
      const startMs = this.deps.clock.monotonicMs();
      const labels = this.begin(verb, request);
      let code = successCode;
      this.run(verb, 1);
      try {
        return await handle(request, call);
      } catch (error: unknown) {
        code = httpCodeOf(ApiError.from(error).reason);
        throw error;
      } finally {
        this.run(verb, -1);
        this.seconds.observe({ ...labels, code: String(code) }, (this.deps.clock.monotonicMs() - startMs) / 1_000);
      }
    };
  }

  private run(verb: string, change: number): void {
    const running = (this.running.get(verb) ?? 0) + change;
    this.running.set(verb, running);
    this.inFlight.set({ verb }, running);
  }
}

const subresources: ReadonlySet<string> = new Set(["", "status", "scale", "finalize"]);

// A label's values must be few, whatever callers send.
function partsOf({ type, subresource = "" }: AboutResource): { readonly resource: string; readonly subresource: string } {
  const kind = kindByResource(type?.group ?? "", type?.resource ?? "");
  return { resource: kind?.plural ?? "unknown", subresource: subresources.has(subresource) ? subresource : "unknown" };
}
