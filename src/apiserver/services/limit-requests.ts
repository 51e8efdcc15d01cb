import { kindByResource } from "../../api/kinds/index.js";
import type { Clock } from "../../base/clock.js";
import type { MetricsService } from "../../gen/howbernetes/api/v1/metrics.js";
import type { NodesService } from "../../gen/howbernetes/api/v1/nodes.js";
import type { ObjectBody, ResourceType } from "../../gen/howbernetes/api/v1/resources.js";
import type { SchedulingService } from "../../gen/howbernetes/api/v1/scheduling.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import { countEvents } from "../../storage/cacher/event-encoder.js";
import type { WatchCaches } from "../../storage/cacher/watch-caches.js";
import type { Verb } from "../auth/authorize.js";
import type { FlowControl } from "../flow-control/flow-control.js";
import { LimitedStream } from "../flow-control/limited-stream.js";
import type { RequestTraits } from "../flow-control/priority-levels.js";
import { listSeats, maxListSeats, writeSeats } from "../flow-control/request-cost.js";
import type { PodHandlers } from "./bind-many.js";
import { scopeOf } from "./request-scope.js";
import type { ResourcesDefinition } from "./resources.js";

export interface LimitDeps {
  readonly flow: FlowControl;
  readonly caches: Pick<WatchCaches, "of">;
  readonly clock: Pick<Clock, "after">;
}

interface AboutResource {
  readonly type: ResourceType | undefined;
  readonly namespace: string;
}

interface Selecting extends AboutResource {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** The same handlers, entered as the flow control lets them be. */
export function limitResources(handlers: Handlers<ResourcesDefinition>, deps: LimitDeps): Handlers<ResourcesDefinition> {
  const { get, list, create, update, patch, delete: remove, deleteCollection } = handlers;
  const limited = <Request extends AboutResource, Answer>(
    verb: Verb,
    handle: (request: Request, call: CallContext) => Promise<Answer>,
    seats: (request: Request) => number = () => 1,
  ) => limitedUnary(deps.flow, (request: Request) => ({ ...traitsOf(verb, request), seats: seats(request) }), handle);
  return {
    get: limited("get", get),
    list: limited("list", list, (request) => listSeats(pageOf(request.limit, objectsOf(deps, request)))),
    watch: (request, call) => {
      const { resourceVersion, sendInitialEvents } = request;
      const wantsState = sendInitialEvents || resourceVersion === "" || resourceVersion === "0";
      const initialEvents = wantsState ? objectsOf(deps, request) : 0;
      const asked = { ...traitsOf("watch", request), seats: listSeats(initialEvents) };
      const enter = () => deps.flow.enter(call.caller, asked, call.signal);
      return new LimitedStream({ enter, open: () => handlers.watch(request, call), initialEvents, count: countEvents, clock: deps.clock });
    },
    create: limited("create", create, ({ body }) => writeSeats(bodyBytes(body))),
    update: limited("update", update, ({ body }) => writeSeats(bodyBytes(body))),
    patch: limited("patch", patch, (request) => writeSeats(request.patch.length)),
    delete: limited("delete", remove),
    deleteCollection: limited("deletecollection", deleteCollection, () => maxListSeats),
  };
}

/** The same handlers, bindings and evictions entered as the flow control lets them be; logs are streams, and last. */
export function limitPods(handlers: PodHandlers, { flow }: LimitDeps): PodHandlers {
  const about = (verb: Verb, namespace = "") => ({ verb, group: "", resource: "pods", namespace, seats: 1 });
  return {
    ...handlers,
    bind: limitedUnary(flow, ({ binding }) => about("bind", binding?.metadata?.namespace), handlers.bind),
    evict: limitedUnary(flow, ({ eviction }) => about("create", eviction?.metadata?.namespace), handlers.evict),
  };
}

/** The same handlers, those that admit nodes entered as the flow control lets them be; a node's streams last. */
export function limitNodes(handlers: Handlers<NodesService>, { flow }: LimitDeps): Handlers<NodesService> {
  const traits = { verb: "join", group: "", resource: "nodes", namespace: "", seats: 1 } as const;
  return {
    ...handlers,
    join: limitedUnary(flow, () => traits, handlers.join),
    createJoinToken: limitedUnary(flow, () => ({ ...traits, verb: "create" }), handlers.createJoinToken),
  };
}

/** The same handlers. They take little of the server: what takes time is the nodes' answers. */
export function limitMetrics(handlers: Handlers<MetricsService>, { flow }: LimitDeps): Handlers<MetricsService> {
  const about = (resource: string, namespace = "") => ({ verb: "list", group: "metrics.k8s.io", resource, namespace, seats: 1 }) as const;
  return {
    podMetrics: limitedUnary(flow, ({ namespace }) => about("pods", namespace), handlers.podMetrics),
    nodeMetrics: limitedUnary(flow, () => about("nodes"), handlers.nodeMetrics),
  };
}

/** The same handlers. What takes time is the scheduler's answers; its own stream lasts. */
export function limitScheduling(handlers: Handlers<SchedulingService>, { flow }: LimitDeps): Handlers<SchedulingService> {
  const about = (verb: Verb, namespace = "") => ({ verb, group: "", resource: "pods", namespace, seats: 1 });
  return {
    ...handlers,
    explainPlacement: limitedUnary(flow, ({ namespace }) => about("get", namespace), handlers.explainPlacement),
    assessRisk: limitedUnary(flow, () => about("list"), handlers.assessRisk),
    planRebalance: limitedUnary(flow, () => about("list"), handlers.planRebalance),
  };
}

function limitedUnary<Request, Answer>(
  flow: FlowControl,
  ask: (request: Request) => RequestTraits & { readonly seats: number },
  handle: (request: Request, call: CallContext) => Promise<Answer>,
): (request: Request, call: CallContext) => Promise<Answer> {
  return async (request, call) => {
    const release = await flow.enter(call.caller, ask(request), call.signal);
    try {
      return await handle(request, call);
    } finally {
      release();
    }
  };
}

function traitsOf(verb: Verb, { type, namespace }: AboutResource): RequestTraits {
  return { verb, group: type?.group ?? "", resource: type?.resource ?? "", namespace };
}

/** How many objects a read goes through; 0 for one that will be refused anyway. */
function objectsOf({ caches }: LimitDeps, request: Selecting): number {
  const kind = kindByResource(request.type?.group ?? "", request.type?.resource ?? "");
  if (kind === undefined) return 0;
  try {
    return caches.of(kind).estimate(scopeOf(kind, request));
  } catch (_toldByTheHandler: unknown) {
    return 0;
  }
}

function pageOf(limit: number, objects: number): number {
  return limit > 0 ? Math.min(limit, objects) : objects;
}

function bodyBytes(body: ObjectBody | undefined): number {
  const content = body?.body;
  return content === undefined ? 0 : content.$case === "json" ? content.value.length : content.value.value.length;
}
