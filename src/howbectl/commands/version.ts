import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { oneOf } from "../flags/parse-flag.js";
import { howbectlVersion } from "../howbectl-version.js";

interface VersionFlags {
  readonly client?: boolean;
  readonly output?: "json" | "yaml";
}

export const versionCommand = (env: CliEnv): Command =>
  new Command("version")
    .option("--client", "the client's version only, without asking the server")
    .option("-o, --output <format>", "json or yaml", oneOf("json", "yaml"))
    .action((flags: VersionFlags) => version(flags, env));

/** Prints versions; unless `--client`, only once the server has answered. */
export async function version(flags: VersionFlags, env: CliEnv): Promise<void> {
  const clientVersion = {
    gitVersion: `v${howbectlVersion()}`,
    platform: `${process.platform}/${process.arch}`,
    runtime: `node ${process.version}`,
  };
  const server = flags.client === true ? undefined : await serverInfo(env);
  if (flags.output === undefined) {
    env.out.line(`Client Version: ${clientVersion.gitVersion}`);
    if (server !== undefined) env.out.line(`Server: ${server.address}`);
    return;
  }
  const report = { clientVersion, ...(server === undefined ? {} : { server }) };
  if (flags.output === "json") env.out.line(JSON.stringify(report, undefined, 2));
  else {
    const { formatYaml } = await import("../../api/codec/yaml.js");
    env.out.line(formatYaml(report).trimEnd());
  }
}

/** Reads one object, so that what is printed is known to be there and to accept this client. */
async function serverInfo(env: CliEnv): Promise<{ readonly address: string }> {
  const { namespaceKind } = await import("../../api/kinds/namespace/kind.js");
  const client = await env.client();
  await client.of(namespaceKind).get({ namespace: "", name: "default" }, { signal: env.signal });
  return { address: await env.server() };
}
