import { createSecureContext } from "node:tls";
import { systemClock } from "../base/clock.js";
import type { RemoteApiClient } from "../client/client.js";
import type { Howbeconfig, ResolvedContext } from "../client/howbeconfig.js";
import type { CliEnv, ConfigFile, GlobalFlags } from "./cli-env.js";
import { parseAddress } from "./flags/address.js";
import { localFiles } from "./local-files.js";
import { localNetwork } from "./local-network.js";
import { localPrograms } from "./local-programs.js";
import { streamInput, streamOutput } from "./process-streams.js";
import { processTerminal } from "./process-terminal.js";
import { UsageError } from "./usage-error.js";

/** The environment of a real howbectl. Config and client are loaded when first asked for: most of start-up time is theirs. */
export class ProcessEnv implements CliEnv {
  readonly out = streamOutput(process.stdout);
  readonly err = streamOutput(process.stderr);
  readonly input;
  readonly files = localFiles;
  readonly programs = localPrograms;
  readonly network = localNetwork;
  readonly terminal = processTerminal(process.stdin, process.stdout);
  readonly clock = systemClock;
  readonly config: ConfigFile;
  private opened: Promise<RemoteApiClient> | undefined;

  constructor(
    readonly signal: AbortSignal,
    private readonly readFlags: () => GlobalFlags,
  ) {
    this.input = streamInput(process.stdin, process.stderr, signal);
    this.config = {
      read: async () => {
        const { readHowbeconfig } = await import("../client/howbeconfig.js");
        return await readHowbeconfig(await this.configPath());
      },
      write: async (config: Howbeconfig) => {
        const { writeHowbeconfig } = await import("../client/howbeconfig.js");
        await writeHowbeconfig(await this.configPath(), config);
      },
    };
  }

  get flags(): GlobalFlags {
    return this.readFlags();
  }

  variable(name: string): string | undefined {
    const value = process.env[name];
    return value === "" ? undefined : value;
  }

  async namespace(): Promise<string> {
    const { isHowbeconfigError } = await import("./howbeconfig-error.js");
    try {
      return this.flags.namespace ?? (await this.context()).namespace;
    } catch (error: unknown) {
      // What needs no server needs no howbeconfig; everything else fails on it in `client()`, where it matters.
      if (isHowbeconfigError(error)) return "default";
      throw error;
    }
  }

  async server(): Promise<string> {
    return this.flags.server ?? (await this.context()).server;
  }

  client(): Promise<RemoteApiClient> {
    this.opened ??= this.open();
    return this.opened;
  }

  /** Ends the connection, if one was made. */
  async close(): Promise<void> {
    const opening = this.opened?.catch((_failed: unknown) => undefined);
    await (await opening)?.close();
  }

  private async open(): Promise<RemoteApiClient> {
    const [{ createApiClient }, { createLog }, { tls }] = await Promise.all([
      import("../client/client.js"),
      import("../base/log.js"),
      this.context(),
    ]);
    const address = await this.server();
    parseAddress(address);
    checkCertificate(tls);
    // A person waits: that a server cannot be reached is said at once, unless time was given to try again.
    const retryForMs = this.flags.requestTimeout ?? 0;
    return createApiClient({ address, tls, log: createLog("howbectl", "silent"), retryForMs, fieldManager: "howbectl" });
  }

  private async context(): Promise<ResolvedContext> {
    const { resolveContext } = await import("../client/howbeconfig.js");
    const config = await this.config.read();
    const { context } = this.flags;
    if (context !== undefined && !config.contexts.some(({ name }) => name === context)) {
      throw new UsageError(`context was not found for specified context: ${context}`);
    }
    return resolveContext(config, context);
  }

  private async configPath(): Promise<string> {
    const { howbeconfigPath } = await import("../client/howbeconfig.js");
    return this.flags.howbeconfig ?? howbeconfigPath(process.env);
  }
}

/** What is no certificate, or no key of it, is better said here, by its file, than by the first call. */
function checkCertificate({ ca, cert, key }: ResolvedContext["tls"]): void {
  try {
    createSecureContext({ ca, cert, key });
  } catch (error: unknown) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`the howbeconfig's certificate and key cannot be used: ${reason}`);
  }
}
