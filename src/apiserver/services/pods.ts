import { badRequest, isConflict, isForbidden, isNotFound } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ObjectKey, Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type {
  BindRequest,
  BindResponse,
  EvictRequest,
  EvictResponse,
  LogsRequest,
  LogsResponse,
} from "../../gen/howbernetes/api/v1/pods.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { CallContext } from "../../rpc/contracts.js";
import { admitToNamespace } from "../admission/namespace-lifecycle.js";
import { authorize, type Verb } from "../auth/authorize.js";
import { evictPod } from "../eviction/evict-pod.js";
import { applyBinding } from "../nodes/binding.js";
import { bindingEvent } from "../nodes/binding-event.js";
import { planLogs } from "../nodes/log-request.js";
import type { SessionBroker } from "../nodes/session-broker.js";
import type { MutateOptions, ObjectStore } from "../object-store.js";
import { checkedDeleteOptions } from "../objects/delete-options.js";
import { guardsOf } from "../objects/fence.js";
import { putOf } from "../objects/stored-objects.js";
import type { PodHandlers } from "./bind-many.js";
import { attach, exec, portForward } from "./pod-sessions.js";

export interface PodsServiceDeps {
  readonly objects: ObjectStore;
  /** Shared with the Nodes service, where the nodes' side of sessions arrives. */
  readonly broker: SessionBroker;
  readonly clock: Clock;
}

/** What can be done to a pod besides reading and writing it. */
export function createPodsService(deps: PodsServiceDeps): PodHandlers {
  return {
    bind: (request, call) => bind(deps, request, call),
    evict: (request, call) => evict(deps, request, call),
    logs: (request, call) => logs(deps, request, call),
    exec: (requests, call) => exec(deps, requests, call),
    attach: (requests, call) => attach(deps, requests, call),
    portForward: (requests, call) => portForward(deps, requests, call),
  };
}

async function bind(deps: PodsServiceDeps, { binding, scheduler }: BindRequest, call: CallContext): Promise<BindResponse> {
  const { objects, clock } = deps;
  const { signal } = call;
  const nodeName = binding?.target?.name ?? "";
  const key = podKey(binding?.metadata?.namespace, binding?.metadata?.name);
  authorizePod(call, "bind", key);
  if (binding === undefined || nodeName === "") throw badRequest("a binding names a pod in metadata, and a node in target.name");

  await checkNode(objects, nodeName, signal);
  const { uid, resourceVersion } = binding.metadata ?? {};
  const assign = (draft: Whole<Pod>): true => {
    applyBinding(draft, { binding, nodeName, nowMs: clock.now() });
    return true;
  };
  const guards = guardsOf(call.metadata);
  const options = { signal, guards, uid: given(uid), ifResourceVersion: given(resourceVersion) };
  const write = async (fresh: boolean) => {
    const record = scheduler === "" ? undefined : await recordOf(deps, { nodeName, scheduler, key, fresh }, call);
    const also = record === undefined ? {} : { guards: [...guards, ...record.guards], also: record.also };
    return await objects.mutate(podKind, key, assign, { ...options, ...also });
  };
  const bound = await write(false).catch((error: unknown) => {
    // The namespace may have changed, by which alone the Event was in the way; what else forbids it says so again.
    if (scheduler === "" || !isConflict(error)) throw error;
    return write(true);
  });
  return { resourceVersion: String(bound.revision) };
}

/** Who gives which pod to which node. */
interface Assignment {
  readonly nodeName: string;
  readonly scheduler: string;
  readonly key: ObjectKey;
  /** The namespace is to be read anew: what was known of it is not so any more. */
  readonly fresh: boolean;
}

/** The Event that is written together with a binding, and on which conditions. Undefined in a namespace that is on its way out. */
async function recordOf(
  { objects, clock }: PodsServiceDeps,
  { nodeName, scheduler, key, fresh }: Assignment,
  { caller, signal }: CallContext,
): Promise<Required<Pick<MutateOptions, "guards" | "also">> | undefined> {
  const { namespace } = key;
  authorize(caller, { verb: "create", kind: eventKind, namespace, name: "", subresource: "" });
  try {
    const guards = await admitToNamespace(objects, { kind: eventKind as Kind, namespace, name: "", fresh }, signal);
    return { guards, also: (pod) => [putOf(eventKind, bindingEvent(pod, { nodeName, scheduler, nowMs: clock.now() }))] };
  } catch (error: unknown) {
    if (isForbidden(error) || isNotFound(error)) return undefined;
    throw error;
  }
}

async function evict({ objects, clock }: PodsServiceDeps, { eviction }: EvictRequest, call: CallContext): Promise<EvictResponse> {
  const key = podKey(eviction?.metadata?.namespace, eviction?.metadata?.name);
  authorize(call.caller, { verb: "create", kind: podKind, ...key, subresource: "eviction" });
  if (key.name === "") throw badRequest("an eviction names a pod in metadata");
  const options = checkedDeleteOptions(eviction?.deleteOptions);
  await evictPod(objects, { key, options, guards: guardsOf(call.metadata), nowMs: () => clock.now(), signal: call.signal });
  return {};
}

async function* logs({ objects, broker }: PodsServiceDeps, request: LogsRequest, call: CallContext): AsyncGenerator<LogsResponse> {
  const key = podKey(request.namespace, request.name);
  authorizePod(call, "logs", key);
  const options = request.options ?? PodLogOptions.fromPartial({});
  const { object: pod } = await objects.get(podKind, key, { kind: "latest" }, call.signal);
  const { nodeName, container } = planLogs(pod, options);
  const order = {
    podNamespace: key.namespace,
    podName: key.name,
    podUid: pod.metadata.uid,
    options: { ...options, container },
    containerID: request.containerID,
  };
  for await (const { message } of broker.open(nodeName, { order: { $case: "logs", value: order } }, call.signal)) {
    if (message?.$case === "data") yield { data: message.value };
  }
}

/** Unlike Kubernetes: a pod is not bound to a node that does not exist, where it would wait for ever. */
async function checkNode(objects: ObjectStore, name: string, signal: AbortSignal): Promise<void> {
  const key = { namespace: "", name };
  try {
    await objects.get(nodeKind, key, { kind: "any" }, signal);
  } catch (error: unknown) {
    if (!isNotFound(error)) throw error;
    // The cache may not have seen a node that has just come.
    await objects.get(nodeKind, key, { kind: "latest" }, signal);
  }
}

function authorizePod({ caller }: CallContext, verb: Verb, { namespace, name }: ObjectKey): void {
  authorize(caller, { verb, kind: podKind, namespace, name, subresource: "" });
}

function podKey(namespace: string | undefined, name: string | undefined): ObjectKey {
  return { namespace: given(namespace) ?? "default", name: name ?? "" };
}

/** Protobuf's empty text is a precondition left out. */
function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
