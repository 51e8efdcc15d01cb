import type { Command } from "commander";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import { UsageError } from "../usage-error.js";
import { parseDurationMs, parseInteger } from "./parse-flag.js";

type Cascade = "background" | "foreground" | "orphan";

/** Flags of commands that delete objects. */
export interface DeleteHowFlags {
  /** Seconds; negative: the object's own. */
  readonly gracePeriod: number;
  readonly force?: boolean;
  readonly cascade: Cascade;
  /** Milliseconds; 0: none. */
  readonly timeout: number;
}

/** Adds `--grace-period`, `--cascade` and `--timeout`. */
export function addDeleteFlags(command: Command): Command {
  return command
    .option("--grace-period <seconds>", "time that the object gets to end by itself; negative: its own", parseInteger, -1)
    .option("--cascade <strategy>", "what becomes of dependents: background, foreground or orphan", parseCascade, "background")
    .option("--timeout <duration>", "how long to wait until objects are gone; 0: for ever", parseDurationMs, 0);
}

function parseCascade(text: string): Cascade {
  // What --cascade=true and =false meant before there were names for it.
  if (text === "background" || text === "true") return "background";
  if (text === "orphan" || text === "false") return "orphan";
  if (text === "foreground") return text;
  throw new UsageError(`invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`);
}

/** What the flags ask of the server. */
export function deleteOptionsOf(cascade: Cascade, graceSeconds: number, dryRun: boolean): Partial<DeleteOptions> {
  return {
    propagationPolicy: { background: "Background", foreground: "Foreground", orphan: "Orphan" }[cascade],
    ...(dryRun ? { dryRun: ["All"] } : {}),
    ...(graceSeconds < 0 ? {} : { gracePeriodSeconds: graceSeconds }),
  };
}
