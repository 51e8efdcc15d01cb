import type { Clock } from "../../base/clock.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import type { NodesService } from "../../gen/howbernetes/api/v1/nodes.js";
import type { ObjectBody, ResourceType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import type { AuditLog } from "../audit/audit-log.js";
import { type AuditedOutcome, type AuditedRequest, auditRecord, identityOf } from "../audit/audit-record.js";
import type { Verb } from "../auth/authorize.js";
import type { PodHandlers } from "./bind-many.js";
import type { ResourcesDefinition } from "./resources.js";

export interface AuditDeps {
  readonly audit: AuditLog;
  readonly clock: Pick<Clock, "now" | "monotonicMs">;
}

/** The same handlers, a record being made of each write when it has ended, whichever way. Reads leave none. */
export function auditResources(handlers: Handlers<ResourcesDefinition>, deps: AuditDeps): Handlers<ResourcesDefinition> {
  const { create, update, patch, delete: remove, deleteCollection } = handlers;
  return {
    ...handlers,
    create: audited(deps, create, {
      about: (request) => about("create", request),
      object: objectOf,
      sent: ({ body }) => sentIdentity(body),
    }),
    update: audited(deps, update, {
      about: (request) => about("update", request),
      object: objectOf,
      sent: ({ body }) => sentIdentity(body),
    }),
    patch: audited(deps, patch, { about: (request) => about("patch", request), object: objectOf }),
    delete: audited(deps, remove, { about: (request) => ({ ...about("delete", request), dryRun: isDryRun(request) }), object: objectOf }),
    deleteCollection: audited(deps, deleteCollection, {
      about: (request) => ({ ...about("deletecollection", request), dryRun: isDryRun(request) }),
    }),
  };
}

/** The same handlers, with a record of each binding, each eviction, and each session when it has ended. */
export function auditPods(handlers: PodHandlers, deps: AuditDeps): PodHandlers {
  return {
    ...handlers,
    bind: audited(deps, handlers.bind, {
      about: ({ binding }) => {
        const { namespace = "", name = "" } = binding?.metadata ?? {};
        return about("create", { type: podType, namespace, name, subresource: "binding" });
      },
    }),
    evict: audited(deps, handlers.evict, {
      about: ({ eviction }) => {
        const { namespace = "", name = "" } = eviction?.metadata ?? {};
        const dryRun = isDryRun({ options: eviction?.deleteOptions });
        return about("create", { type: podType, namespace, name, subresource: "eviction", dryRun });
      },
    }),
    exec: auditedSession(deps, handlers.exec, "exec"),
    attach: auditedSession(deps, handlers.attach, "attach"),
    portForward: auditedSession(deps, handlers.portForward, "portforward"),
  };
}

/** The same handlers, with a record of each join token and of each node that joined. */
export function auditNodes(handlers: Handlers<NodesService>, deps: AuditDeps): Handlers<NodesService> {
  return {
    ...handlers,
    join: audited(deps, handlers.join, { about: ({ nodeName }) => about("join", { type: nodeType, namespace: "", name: nodeName }) }),
    createJoinToken: audited(deps, handlers.createJoinToken, {
      about: ({ nodeName }) => about("create", { type: joinTokenType, namespace: "", name: nodeName }),
    }),
  };
}

const podType: ResourceType = { group: "", version: "v1", resource: "pods" };
const nodeType: ResourceType = { group: "", version: "v1", resource: "nodes" };
const joinTokenType: ResourceType = { group: "", version: "v1", resource: "jointokens" };

/** What of a call goes into its record. */
interface Description<Request, Response> {
  about(request: Request): AuditedRequest;
  /** The object as the write left it. */
  object?(response: Response): Any | undefined;
  /** What the object that was sent calls itself: asked when the write failed, and may take a while. */
  sent?(request: Request): Pick<AuditedRequest, "namespace" | "name">;
}

function audited<Request, Response>(
  { audit, clock }: AuditDeps,
  handle: (request: Request, call: CallContext) => Promise<Response>,
  describe: Description<NoInfer<Request>, NoInfer<Response>>,
): (request: Request, call: CallContext) => Promise<Response> {
  return async (request, call) => {
    const [nowMs, startMs] = [clock.now(), clock.monotonicMs()];
    const record = (asked: AuditedRequest, outcome: AuditedOutcome): void =>
      audit.record(auditRecord(call.caller, asked, outcome, { nowMs, latencyMs: clock.monotonicMs() - startMs }));
    try {
      const response = await handle(request, call);
      record(describe.about(request), { object: describe.object?.(response) });
      return response;
    } catch (error: unknown) {
      const asked = describe.about(request);
      const isNamed = asked.name !== "" || describe.sent === undefined;
      record(isNamed ? asked : { ...asked, ...describe.sent?.(request) }, { error });
      throw error;
    }
  };
}

/** The requests of a session: the first of them says with which pod it is. */
interface SessionRequest {
  readonly message?:
    | { readonly $case: "start"; readonly value: { readonly namespace: string; readonly name: string } }
    | { readonly $case: "input" }
    | undefined;
}

function auditedSession<Request extends SessionRequest, Response>(
  { audit, clock }: AuditDeps,
  handle: (requests: AsyncIterable<Request>, call: CallContext) => AsyncIterable<Response>,
  subresource: string,
): (requests: AsyncIterable<Request>, call: CallContext) => AsyncIterable<Response> {
  return async function* (requests, call) {
    const [nowMs, startMs] = [clock.now(), clock.monotonicMs()];
    let asked = { namespace: "", name: "" };
    async function* noted(): AsyncGenerator<Request> {
      for await (const request of requests) {
        const { message } = request;
        if (message?.$case === "start") asked = { namespace: message.value.namespace || "default", name: message.value.name };
        yield request;
      }
    }
    let outcome: AuditedOutcome = { object: undefined };
    try {
      yield* handle(noted(), call);
    } catch (error: unknown) {
      // A caller that leaves has had what it wanted of the session.
      if (!call.signal.aborted) outcome = { error };
      throw error;
    } finally {
      const latencyMs = clock.monotonicMs() - startMs;
      audit.record(auditRecord(call.caller, about("create", { type: podType, ...asked, subresource }), outcome, { nowMs, latencyMs }));
    }
  };
}

interface Written {
  readonly type: ResourceType | undefined;
  readonly namespace: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly dryRun?: boolean;
}

function about(verb: Verb, { type, namespace, name = "", subresource = "", dryRun = false }: Written): AuditedRequest {
  return { verb, group: type?.group ?? "", resource: type?.resource ?? "", namespace, name, subresource, dryRun };
}

function sentIdentity(body: ObjectBody | undefined): { readonly namespace: string; readonly name: string } {
  const content = body?.body;
  if (content?.$case !== "json") return identityOf(content?.value);
  try {
    const { metadata } = JSON.parse(content.value.toString("utf8")) as { readonly metadata?: { namespace?: unknown; name?: unknown } };
    return { namespace: textOf(metadata?.namespace), name: textOf(metadata?.name) };
  } catch (_noJson: unknown) {
    // That is for the handler to say.
    return { namespace: "", name: "" };
  }
}

const objectOf = ({ object }: { readonly object: Any | undefined }): Any | undefined => object;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const isDryRun = ({ options }: { readonly options: { readonly dryRun: readonly string[] } | undefined }): boolean =>
  options?.dryRun.includes("All") ?? false;
