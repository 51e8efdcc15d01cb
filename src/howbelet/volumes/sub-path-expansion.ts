import type { VolumeMount } from "../../gen/howbernetes/core/v1/container.js";
import { expandReferences } from "../containers/env-expansion.js";
import { RuntimeError } from "../runtime/errors.js";

/**
 * Which part of a volume is mounted; "" for all of it. Each $(NAME) stands for a variable of the container's, which
 * must be there; $$ is a plain $.
 *
 * @throws RuntimeError Misconfigured
 */
export function expandSubPath({ subPath = "", subPathExpr = "" }: VolumeMount, variables: ReadonlyMap<string, string>): string {
  const path = subPathExpr === "" ? subPath : expand(subPathExpr, variables);
  if (path.startsWith("/")) throw refused(`error SubPath \`${path}\` must not be an absolute path`);
  if (path.split("/").includes("..")) throw refused(`unable to provision SubPath \`${path}\`: must not contain '..'`);
  return path;
}

function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return expandReferences(text, (name) => {
    const value = variables.get(name);
    if (value === undefined) throw refused(`missing value for ${JSON.stringify(name)}`);
    return value;
  });
}

function refused(message: string): RuntimeError {
  return new RuntimeError("Misconfigured", message);
}
