import { badRequest, tooLarge } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type {
  AttachRequest,
  AttachResponse,
  ExecRequest,
  ExecResponse,
  PortForwardRequest,
  PortForwardResponse,
} from "../../gen/howbernetes/api/v1/pods.js";
import type { SessionInput, SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CallContext } from "../../rpc/contracts.js";
import { authorize } from "../auth/authorize.js";
import type { SessionBroker } from "../nodes/session-broker.js";
import { planAttach, planExec, planPortForward, type SessionPlan } from "../nodes/session-request.js";
import { untilAborted } from "../nodes/until-aborted.js";
import type { ObjectStore } from "../object-store.js";

/** What sessions with containers need. */
interface PodSessionDeps {
  readonly objects: ObjectStore;
  readonly broker: SessionBroker;
}

/** Bounds what a caller can make the server hold: no more than sixteen pieces of input wait in a stream. */
const maxInputBytes = 1024 * 1024;

/** Serves Exec. */
export async function* exec(deps: PodSessionDeps, requests: AsyncIterable<ExecRequest>, call: CallContext): AsyncGenerator<ExecResponse> {
  for await (const output of converse(deps, requests, { call, subresource: "exec", plan: planExec })) yield { output };
}

/** Serves Attach. */
export async function* attach(
  deps: PodSessionDeps,
  requests: AsyncIterable<AttachRequest>,
  call: CallContext,
): AsyncGenerator<AttachResponse> {
  for await (const output of converse(deps, requests, { call, subresource: "attach", plan: planAttach })) yield { output };
}

/** Serves PortForward. */
export async function* portForward(
  deps: PodSessionDeps,
  requests: AsyncIterable<PortForwardRequest>,
  call: CallContext,
): AsyncGenerator<PortForwardResponse> {
  for await (const output of converse(deps, requests, { call, subresource: "portforward", plan: planPortForward })) yield { output };
}

/** Requests of all sessions: first what is to be done and with which pod, then input. */
interface Request<Start> {
  readonly message?:
    | { readonly $case: "start"; readonly value: Start }
    | { readonly $case: "input"; readonly value: SessionInput }
    | undefined;
}

interface Conversation<Start> {
  readonly call: CallContext;
  readonly subresource: string;
  readonly plan: (pod: Whole<Pod>, start: Start) => SessionPlan;
}

async function* converse<Start extends { readonly namespace: string; readonly name: string }>(
  { objects, broker }: PodSessionDeps,
  requests: AsyncIterable<Request<Start>>,
  { call, subresource, plan }: Conversation<Start>,
): AsyncGenerator<SessionOutput> {
  const incoming = untilAborted(requests, call.signal);
  const first = await incoming.next();
  if (first.done === true || first.value.message?.$case !== "start") throw badRequest("the first request must be a start");
  const start = first.value.message.value;
  const key = { namespace: start.namespace === "" ? "default" : start.namespace, name: start.name };
  authorize(call.caller, { verb: "create", kind: podKind, ...key, subresource });
  if (key.name === "") throw badRequest("a session names its pod");
  const { object: pod } = await objects.get(podKind, key, { kind: "latest" }, call.signal);
  const { nodeName, order } = plan(pod, start);
  yield* broker.open(nodeName, { order, input: inputsOf(incoming) }, call.signal);
}

async function* inputsOf<Start>(requests: AsyncIterable<Request<Start>>): AsyncGenerator<SessionInput> {
  for await (const { message } of requests) {
    if (message?.$case !== "input") throw badRequest("only the first request is a start");
    const { value: input } = message;
    if (input.message?.$case === "data" && input.message.value.length > maxInputBytes)
      throw tooLarge(`a piece of input is at most ${maxInputBytes} bytes`);
    yield input;
  }
}
