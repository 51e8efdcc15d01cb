import type { CliEnv } from "./cli-env.js";
import { CommandFailure, UsageError } from "./usage-error.js";

const defaultEditor = "vi";

/**
 * The editor that the environment names, and its arguments. No shell is asked, so quotes mean nothing and are refused.
 *
 * @throws UsageError when it cannot be taken apart
 */
export function editorCommand(env: Pick<CliEnv, "variable">): { readonly program: string; readonly args: readonly string[] } {
  const text = env.variable("KUBE_EDITOR") ?? env.variable("EDITOR") ?? defaultEditor;
  if (/["'\\]/.test(text))
    throw new UsageError(`the editor "${text}" cannot be run: KUBE_EDITOR and EDITOR may not have quotes or backslashes`);
  const [program = defaultEditor, ...args] = text.split(" ").filter((word) => word !== "");
  return { program, args };
}

/** Lets the user edit a file. @throws CommandFailure when the editor says that it failed */
export async function openEditor({ program, args }: ReturnType<typeof editorCommand>, path: string, env: CliEnv): Promise<void> {
  const exitCode = await env.programs.run(program, [...args, path]);
  if (exitCode !== 0) throw new CommandFailure(`error: there was a problem with the editor "${[program, ...args].join(" ")}"`);
}
