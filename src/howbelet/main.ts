import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { isApiError } from "../api/errors.js";
import { isAbort } from "../base/abort.js";
import { systemClock } from "../base/clock.js";
import { parseHostPort } from "../base/host-port.js";
import { createLog, type LogLevel, logLevels } from "../base/log.js";
import { stopOnSignals } from "../base/stop-signals.js";
import type { TlsMaterial } from "../base/tls/certificate.js";
import { parseJoinToken } from "../base/tls/join-token.js";
import { createHowbelet } from "./howbelet.js";
import { howbeletVersion } from "./howbelet-version.js";
import { loadCredentials, saveCredentials } from "./node-identity.js";
import { podNetworkFlag } from "./pod-network-flag.js";
import { type NodeSettingFlags, nodeSettingFlags, nodeSettings } from "./resources/node-settings.js";
import type { PodNetworkChoice } from "./runtime/docker/network/choose-network.js";
import { joinCluster } from "./server/join.js";

interface Flags extends NodeSettingFlags {
  readonly server: string;
  readonly token?: string;
  readonly nodeName: string;
  readonly dockerHost?: string;
  readonly podNetwork?: PodNetworkChoice;
  readonly dataDir?: string;
  readonly logLevel: LogLevel;
}

/** Runs the `howbelet` program with the words of its command line. */
export async function runHowbelet(argv: readonly string[]): Promise<void> {
  const program = new Command("howbelet")
    .description("runs pods on this machine's Docker for a howbernetes cluster")
    .version(howbeletVersion())
    .requiredOption("--server <host:port>", "the cluster's api-server, or several of them with commas between")
    .option("--token <token>", "join token, from `howbectl worker`; needed only the first time")
    .option("--node-name <name>", "this node's name in the cluster", hostname().toLowerCase())
    .option("--docker-host <url>", "Docker Engine to use, as in DOCKER_HOST")
    .addOption(new Option(podNetworkFlag.flags, podNetworkFlag.description).choices(podNetworkFlag.choices))
    .option("--data-dir <dir>", "where the node's key and checkpoints are (default: ~/.local/share/howbernetes/nodes/NAME)")
    .addOption(new Option("--log-level <level>", "how much is logged").choices(logLevels).default("info"))
    .action((flags: Flags) => run(flags));
  for (const { flags, description, parse } of nodeSettingFlags)
    program.addOption(new Option(flags, description).argParser(orExplain(parse)));
  program.showHelpAfterError("(add --help for the flags)");
  await program.parseAsync(argv);
}

async function run(flags: Flags): Promise<void> {
  const signal = stopOnSignals(process);
  try {
    for (const address of flags.server.split(",")) parseHostPort(address.trim());
    const { server, nodeName, dockerHost, dataDir = defaultDataDir(flags.nodeName) } = flags;
    const tls = await credentials({ ...flags, dataDir }, signal);
    const howbelet = createHowbelet({
      server,
      tls,
      nodeName,
      dataDir,
      ...(dockerHost === undefined ? {} : { dockerHost }),
      podNetwork: flags.podNetwork,
      settings: nodeSettings(flags),
      clock: systemClock,
      log: createLog("howbelet", flags.logLevel),
      onReady: () => console.log("howbelet is ready"),
    });
    await howbelet.run(signal);
  } catch (error: unknown) {
    if (signal.aborted && isAbort(error)) return;
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

/** Commander prints the message of the one error that it knows, in one line. */
function orExplain<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error: unknown) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

/** The node's certificate: the one that it has, else one for the token. */
async function credentials(
  { server, token, nodeName, dataDir }: Flags & { readonly dataDir: string },
  signal: AbortSignal,
): Promise<TlsMaterial> {
  const saved = await loadCredentials(dataDir);
  if (saved === undefined) {
    if (token === undefined) throw new Error(`this node has not joined a cluster yet: give --token (no key in ${dataDir})`);
    const tls = await joinOrExplain({ server, token, nodeName }, signal);
    await saveCredentials(dataDir, { nodeName, tls });
    return tls;
  }
  if (saved.nodeName !== nodeName)
    throw new Error(`${dataDir} is of node "${saved.nodeName}": give --node-name ${saved.nodeName}, or another --data-dir`);
  if (token !== undefined && parseCa(token) !== saved.tls.ca)
    throw new Error(`${dataDir} is of another cluster than the token: give another --data-dir, or remove it`);
  return saved.tls;
}

async function joinOrExplain(options: Parameters<typeof joinCluster>[0], signal: AbortSignal): Promise<TlsMaterial> {
  try {
    return await joinCluster(options, signal);
  } catch (error: unknown) {
    if (!isApiError(error)) throw error;
    throw new Error(`cannot join the cluster at ${options.server}: ${error.message}`, { cause: error });
  }
}

/** A token that was good once has expired since, and is not needed any more. */
function parseCa(token: string): string {
  return parseJoinToken(token, 0).ca;
}

function defaultDataDir(nodeName: string): string {
  const data = process.env.XDG_DATA_HOME ?? join(homedir(), ".local", "share");
  return join(data, "howbernetes", "nodes", nodeName);
}
