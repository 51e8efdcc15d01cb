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
