import type { EnvVar } from "../../gen/howbernetes/core/v1/container.js";

/**
 * Replaces each $(NAME) by the variable's value. What names no variable stays as it is, and $$ is a plain $, so that
 * $$(NAME) can be written: Kubernetes' rules.
 */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\$|\$\(([^()]*)\)/g, (match, name: string | undefined) => {
    if (name === undefined) return "$";
    return variables.get(name) ?? match;
  });
}

/** The environment in its order; a value may refer to the variables before it. */
export function expandEnvironment(env: readonly EnvVar[]): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const { name = "", value = "" } of env) variables.set(name, expandVariables(value, variables));
  return variables;
}
