import { Command } from "commander";
import { withServer } from "../../client/howbeconfig.js";
import type { CliEnv } from "../cli-env.js";
import { parseAddress } from "../flags/address.js";

export const masterCommand = (env: CliEnv): Command =>
  new Command("master").argument("<address>", "HOST:PORT of the api-server").action((address: string) => master(address, env));

/** Sets the server of the context in use; its certificates stay, so it has to be another address of the same cluster. */
export async function master(address: string, env: CliEnv): Promise<void> {
  parseAddress(address);
  const config = await env.config.read();
  const context = env.flags.context ?? config.currentContext;
  await env.config.write(withServer(config, address, context));
  env.out.line(`Context "${context}" now uses the server ${address}.`);
}
