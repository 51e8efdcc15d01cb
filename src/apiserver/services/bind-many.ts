import { badRequest, isApiError } from "../../api/errors.js";
import { sharedSignal } from "../../base/abort.js";
import type { BindManyRequest, BindManyResponse, BindRequest, BindResult, PodsService } from "../../gen/howbernetes/api/v1/pods.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import { encodeErrorDetails } from "../../rpc/error-details.js";

/** The Pods service but for the call that makes many bindings, which is many calls of these. */
export type PodHandlers = Omit<Handlers<PodsService>, "bindMany">;

const mostBindings = 100;

/** The same handlers, and one that makes many bindings: each is admitted, judged and recorded as if it had come alone. */
export function withBindMany(handlers: PodHandlers): Handlers<PodsService> {
  return { ...handlers, bindMany: (request, call) => bindMany(handlers, request, call) };
}

async function bindMany({ bind }: PodHandlers, { bindings }: BindManyRequest, call: CallContext): Promise<BindManyResponse> {
  if (bindings.length > mostBindings) throw badRequest(`${bindings.length} bindings in one call, of at most ${mostBindings}`);
  sharedSignal(call.signal);
  return { results: await Promise.all(bindings.map((binding) => resultOf(bind, binding, call))) };
}

async function resultOf(bind: PodHandlers["bind"], request: BindRequest, call: CallContext): Promise<BindResult> {
  try {
    return { resourceVersion: (await bind(request, call)).resourceVersion, error: Buffer.alloc(0) };
  } catch (error: unknown) {
    // What is a fault of ours ends the call as it would have ended the binding's own.
    if (!isApiError(error)) throw error;
    return { resourceVersion: "", error: encodeErrorDetails(error) };
  }
}
