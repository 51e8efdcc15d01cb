/**
 * Replaces each $(NAME) by the variable's value. What names no variable stays as it is, and $$ is a plain $, so that
 * $$(NAME) can be written: Kubernetes' rules.
 */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return expandReferences(text, (name) => variables.get(name));
}

/** As `expandVariables`, whatever it is that the names stand for. */
export function expandReferences(text: string, resolve: (name: string) => string | undefined): string {
  return text.replaceAll(/\$\$|\$\(([^()]*)\)/g, (match, name: string | undefined) =>
    name === undefined ? "$" : (resolve(name) ?? match),
  );
}
