import { type Command, Option } from "commander";
import { FieldValidation } from "../../gen/howbernetes/api/v1/resources.js";
import { type ObjectFormat, type OutputFlags, parseObjectFormat } from "../printers/object-format.js";
import { UsageError } from "../usage-error.js";

/** How far a write goes: "client" sends nothing, "server" stores nothing. */
export type DryRun = "none" | "client" | "server";

/** Flags of commands that write objects. */
export interface WriteFlags extends OutputFlags {
  readonly dryRun: DryRun;
  readonly output?: ObjectFormat;
  /** Under which name the fields set are owned. */
  readonly fieldManager: string;
  readonly validate?: FieldValidation;
}

/** Adds `--dry-run`, `-o`, `--show-managed-fields` and `--field-manager`. */
export function addWriteFlags(command: Command, fieldManager: string): Command {
  return addOutputFlags(addDryRunFlag(command)).option(
    "--field-manager <name>",
    "name under which the fields that are set are owned",
    parseFieldManager,
    fieldManager,
  );
}

/** Adds `-o` and `--show-managed-fields`. */
export function addOutputFlags(command: Command): Command {
  return command
    .option("-o, --output <format>", "print the object instead of a message: yaml, json, name or jsonpath=…", (text: string) =>
      parseObjectFormat(text),
    )
    .option("--show-managed-fields", "in YAML and JSON, also show who owns which field");
}

/** Adds `--dry-run`. */
export function addDryRunFlag(command: Command): Command {
  return command.option("--dry-run <strategy>", 'must be "none", "client" or "server"', parseDryRun, "none");
}

/** Adds `--validate`. */
export function addValidateFlag(command: Command): Command {
  const option = new Option("--validate <how>", "what to do with fields that the kind does not have: strict (refuse), warn, or ignore");
  return command.addOption(option.argParser(parseValidate).default(FieldValidation.STRICT, "strict"));
}

function parseDryRun(text: string): DryRun {
  if (text === "none" || text === "client" || text === "server") return text;
  throw new UsageError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`);
}

const validations: Readonly<Record<string, FieldValidation>> = {
  strict: FieldValidation.STRICT,
  true: FieldValidation.STRICT,
  warn: FieldValidation.WARN,
  ignore: FieldValidation.IGNORE,
  false: FieldValidation.IGNORE,
};

function parseValidate(text: string): FieldValidation {
  const validation = Object.hasOwn(validations, text) ? validations[text] : undefined;
  if (validation !== undefined) return validation;
  throw new UsageError(`invalid - validate option "${text}"; must be one of: strict (or true), warn, ignore (or false)`);
}

function parseFieldManager(text: string): string {
  if (text === "" || text.length > 128) throw new UsageError("--field-manager must have 1 to 128 characters");
  return text;
}

/** What a message about a write ends with. */
export function dryRunSuffix(dryRun: DryRun): string {
  if (dryRun === "client") return " (dry run)";
  return dryRun === "server" ? " (server dry run)" : "";
}
