import { Command } from "commander";
import { isNotFound } from "../../api/errors.js";
import type { ExplainResponse } from "../../gen/howbernetes/api/v1/discovery.js";
import type { CliEnv } from "../cli-env.js";
import { formatExplanation } from "../printers/explanation.js";
import { explainOnServer } from "../resources/discovery-calls.js";
import { UsageError } from "../usage-error.js";

interface ExplainFlags {
  readonly recursive?: boolean;
  readonly apiVersion?: string;
}

export const explainCommand = (env: CliEnv): Command =>
  new Command("explain")
    .argument("[type]", "TYPE, or TYPE.FIELD[.FIELD...]")
    .option("--recursive", "show the fields of fields too")
    .option("--api-version <group/version>", "of this group and version, as apps/v1")
    .action((type: string | undefined, flags: ExplainFlags) => explain(type, flags, env));

/** Prints what a kind or a field is for, as the server documents it. */
export async function explain(type: string | undefined, flags: ExplainFlags, env: CliEnv): Promise<void> {
  if (type === undefined) {
    throw new UsageError(
      'You must specify the type of resource to explain. Use "howbectl api-resources" for a complete list of supported resources.',
    );
  }
  const [resource = "", ...path] = type.replace(/\.+$/, "").split(".");
  if (resource === "" || path.includes("")) throw new UsageError(`"${type}" is not of the form TYPE.FIELD.FIELD`);
  const recursive = flags.recursive === true;
  const answer = await ask({ ...splitApiVersion(flags.apiVersion), resource, path, recursive }, env);
  for (const line of formatExplanation(answer, recursive)) env.out.line(line);
}

async function ask(request: Parameters<typeof explainOnServer>[0], env: CliEnv): Promise<ExplainResponse> {
  try {
    return await explainOnServer(request, env);
  } catch (error: unknown) {
    // Nothing is missing on the server; it is the question that is wrong.
    if (isNotFound(error)) throw new UsageError(error.message);
    throw error;
  }
}

function splitApiVersion(text: string | undefined): { readonly group: string; readonly version: string } {
  if (text === undefined) return { group: "", version: "" };
  const parts = text.split("/");
  if (parts.length > 2 || parts.includes("")) throw new UsageError(`unexpected GroupVersion string: ${text}`);
  const [first = "", second] = parts;
  return second === undefined ? { group: "", version: first } : { group: first, version: second };
}
