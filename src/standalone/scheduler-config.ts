import { readFile } from "node:fs/promises";
import { Option } from "commander";
import { ConfigurationError, readSchedulerConfiguration } from "../scheduler/configuration/read-configuration.js";
import type { SchedulerConfiguration } from "../scheduler/configuration/scheduler-configuration.js";
import { StartupError } from "./startup-error.js";

/** `--scheduler-config`. */
export function schedulerConfigOption(): Option {
  return new Option(
    "--scheduler-config <file>",
    "a KubeSchedulerConfiguration, in YAML or JSON: how pods are placed (default: Kubernetes')",
  );
}

/**
 * What the file of `--scheduler-config` says; undefined without one.
 *
 * @throws StartupError when it cannot be read or followed
 */
export async function loadSchedulerConfiguration(file: string | undefined): Promise<SchedulerConfiguration | undefined> {
  if (file === undefined) return undefined;
  try {
    return readSchedulerConfiguration(await readFile(file, "utf8"));
  } catch (error: unknown) {
    if (!(error instanceof ConfigurationError) && !isFileError(error)) throw error;
    throw new StartupError([`--scheduler-config ${file}:`, ...error.message.split("\n")].join("\n  "));
  }
}

const isFileError = (error: unknown): error is Error => error instanceof Error && "syscall" in error;
