import { InvalidArgumentError, Option } from "commander";
import { defaultMaxRequestsInFlight } from "../apiserver/flow-control/flow-control.js";
import { checkClusterCidr } from "../apiserver/nodes/pod-cidr.js";
import { formatHostPort, parseHostPort } from "../base/host-port.js";
import { type LogLevel, logLevels } from "../base/log.js";
import { nodeSettingFlags } from "../howbelet/resources/node-settings.js";
import { parseStoreChoice } from "./store-choice.js";

/** What all long-running commands take. */
export interface CommonFlags {
  readonly logLevel: LogLevel;
}

/** `--log-level`, with its default. */
export function logLevelOption(level: LogLevel): Option {
  return new Option("--log-level <level>", "how much to log on standard error").choices(logLevels).default(level);
}

/** An option of the form HOST:PORT. */
export function addressOption(flags: string, description: string, value?: string): Option {
  const option = new Option(flags, description).argParser(reading((text) => formatHostPort(parseHostPort(text))));
  return value === undefined ? option : option.default(value);
}

/** `--store`, checked but kept as text. */
export function storeOption(value: string): Option {
  return new Option("--store <store>", "where the state is: embedded, or etcd://HOST:PORT[,HOST:PORT]")
    .argParser(
      reading((text) => {
        parseStoreChoice(text);
        return text;
      }),
    )
    .default(value);
}

/** `--pod-cidr`. */
export function podCidrOption(): Option {
  return new Option("--pod-cidr <range>", "range from which each node has a /24 for its pods (default: 10.240.0.0/12)").argParser(
    reading((text) => {
      checkClusterCidr(text);
      return text;
    }),
  );
}

/** `--audit-log`. */
export function auditLogOption(): Option {
  return new Option("--audit-log <file>", "append a JSON line for every write to this file, or to standard output with - (default: none)");
}

/** What a node keeps of its machine, and when it evicts: as howbelet's own. */
export function nodeSettingOptions(): readonly Option[] {
  return nodeSettingFlags.map(({ flags, description, parse }) => new Option(flags, description).argParser(reading(parse)));
}

/** `--max-requests-inflight`. */
export function maxRequestsOption(): Option {
  return new Option("--max-requests-inflight <count>", "how many requests are served at once, over all priority levels; 0 for no limit")
    .argParser(
      reading((text) => {
        const count = Number(text);
        if (/^\d+$/.test(text) && count <= 1_000_000) return count;
        throw new Error("must be a whole number from 0 to 1000000");
      }),
    )
    .default(defaultMaxRequestsInFlight);
}

/** Commander prints the message of the one error that it knows, in one line. */
function reading<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error: unknown) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}
