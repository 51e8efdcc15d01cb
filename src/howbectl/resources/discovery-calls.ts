import {
  type ApiResource,
  DiscoveryService,
  type ExplainRequest,
  type ExplainResponse,
  type GetVersionResponse,
} from "../../gen/howbernetes/api/v1/discovery.js";
import type { CliEnv } from "../cli-env.js";
import { unaryCall } from "./unary-call.js";

const discovery = async (env: CliEnv) => (await env.client()).raw(DiscoveryService, "unary");

/** Every resource that the server has. */
export async function serverResources(env: CliEnv): Promise<readonly ApiResource[]> {
  const service = await discovery(env);
  return (await unaryCall(env, "repeatable", (options) => service.listResources({}, options))).resources;
}

/** What the server knows of a kind or a field. @throws ApiError NotFound */
export async function explainOnServer(request: ExplainRequest, env: CliEnv): Promise<ExplainResponse> {
  const service = await discovery(env);
  return await unaryCall(env, "repeatable", (options) => service.explain(request, options));
}

/** Which howbernetes the server is. */
export async function serverVersion(env: CliEnv): Promise<GetVersionResponse> {
  const service = await discovery(env);
  return await unaryCall(env, "repeatable", (options) => service.getVersion({}, options));
}
