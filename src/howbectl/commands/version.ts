import { Command } from "commander";
import { packageVersion } from "../../base/package-version.js";
import type { CliEnv } from "../cli-env.js";
import { yamlText } from "../printers/yaml-text.js";
import { UsageError } from "../usage-error.js";

interface VersionFlags {
  readonly client?: boolean;
  readonly output?: "json" | "yaml";
}

interface Version {
  readonly gitVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
}

export const versionCommand = (env: CliEnv): Command =>
  new Command("version")
    .option("--client", "the client's version only, without asking the server")
    .option("-o, --output <format>", "json or yaml", parseOutput)
    .action((flags: VersionFlags) => version(flags, env));

function parseOutput(text: string): "json" | "yaml" {
  if (text === "json" || text === "yaml") return text;
  throw new UsageError("--output must be 'yaml' or 'json'");
}

/** Prints versions. That of the client is printed even when the server cannot be asked, which is an error all the same. */
export async function version(flags: VersionFlags, env: CliEnv): Promise<void> {
  const clientVersion = {
    gitVersion: `v${packageVersion()}`,
    nodeVersion: process.version,
    platform: `${process.platform}/${processor()}`,
  };
  if (flags.client === true) return print({ clientVersion }, flags, env);
  const server = await serverVersion(env).catch((error: unknown) => {
    print({ clientVersion }, flags, env);
    throw error;
  });
  print({ clientVersion, serverVersion: server }, flags, env);
}

async function serverVersion(env: CliEnv): Promise<Version> {
  const discovery = await import("../resources/discovery-calls.js");
  const { gitVersion, nodeVersion, platform } = await discovery.serverVersion(env);
  return { gitVersion, nodeVersion, platform };
}

/** Node's names for processors, where they are not those that kubectl prints. */
const processorNames: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
const processor = (): string => processorNames[process.arch] ?? process.arch;

interface Versions {
  readonly clientVersion: Version;
  readonly serverVersion?: Version;
}

function print({ clientVersion, serverVersion: server }: Versions, { output }: VersionFlags, env: CliEnv): void {
  const report = { clientVersion: { ...clientVersion }, ...(server === undefined ? {} : { serverVersion: { ...server } }) };
  if (output === "json") env.out.line(JSON.stringify(report, undefined, 2));
  else if (output === "yaml") env.out.line(yamlText(report));
  else {
    env.out.line(`Client Version: ${clientVersion.gitVersion}`);
    if (server !== undefined) env.out.line(`Server Version: ${server.gitVersion}`);
  }
}
