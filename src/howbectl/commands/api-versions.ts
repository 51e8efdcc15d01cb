import { Command } from "commander";
import { apiVersionOf } from "../../api/kinds/index.js";
import type { CliEnv } from "../cli-env.js";
import { serverResources } from "../resources/discovery-calls.js";

export const apiVersionsCommand = (env: CliEnv): Command => new Command("api-versions").action(() => apiVersions(env));

/** Prints every group and version that the server has. */
export async function apiVersions(env: CliEnv): Promise<void> {
  const versions = new Set((await serverResources(env)).map(apiVersionOf));
  for (const version of [...versions].sort()) env.out.line(version);
}
