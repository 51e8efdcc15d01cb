import { Command } from "commander";
import { formatYaml } from "../../api/codec/yaml.js";
import { type Howbeconfig, resolveContext } from "../../client/howbeconfig.js";
import type { CliEnv } from "../cli-env.js";
import { TableWriter } from "../printers/table.js";
import { UsageError } from "../usage-error.js";

export const configCommand = (env: CliEnv): Command =>
  new Command("config")
    .addCommand(
      new Command("view").description("Show the howbeconfig, without keys and certificates").action(async () => {
        env.out.line(formatYaml(redacted(await env.config.read())).trimEnd());
      }),
    )
    .addCommand(new Command("current-context").description("Print the current context").action(() => printCurrentContext(env)))
    .addCommand(
      new Command("use-context")
        .description("Make a context the current one")
        .argument("<name>", "name of the context")
        .action((name: string) => useContext(name, env)),
    )
    .addCommand(
      new Command("set-context")
        .description("Change a context, as the namespace that commands work in")
        .usage("(NAME | --current) --namespace NAMESPACE")
        .argument("[name]", "name of the context")
        .option("--current", "change the current context")
        .action((name: string | undefined, flags: SetContextFlags) => setContext(name, flags, env)),
    )
    .addCommand(new Command("get-contexts").description("List the contexts").action(() => printContexts(env)));

async function printCurrentContext(env: CliEnv): Promise<void> {
  const { currentContext } = await env.config.read();
  if (currentContext === "") throw new UsageError("current-context is not set");
  env.out.line(currentContext);
}

async function useContext(name: string, env: CliEnv): Promise<void> {
  const config = await env.config.read();
  if (!config.contexts.some((context) => context.name === name)) throw new UsageError(`no context exists with the name: "${name}"`);
  const changed = { ...config, currentContext: name };
  resolveContext(changed);
  await env.config.write(changed);
  env.out.line(`Switched to context "${name}".`);
}

interface SetContextFlags {
  readonly current?: boolean;
}

/** Sets the namespace of a context; clusters and users come from `howbernetes up`. */
async function setContext(named: string | undefined, { current }: SetContextFlags, env: CliEnv): Promise<void> {
  const config = await env.config.read();
  const name = current === true ? config.currentContext : named;
  const { namespace } = env.flags;
  if (name === undefined || name === "") throw new UsageError("you must specify the name of a context, or --current");
  if (namespace === undefined) throw new UsageError("you must specify --namespace");
  resolveContext(config, name);
  const contexts = config.contexts.map((context) => (context.name === name ? { ...context, namespace } : context));
  await env.config.write({ ...config, contexts });
  env.out.line(`Context "${name}" modified.`);
}

async function printContexts(env: CliEnv): Promise<void> {
  const { contexts, currentContext } = await env.config.read();
  const rows = contexts.map(({ name, cluster, user, namespace = "" }) => [
    name === currentContext ? "*" : "",
    name,
    cluster,
    user,
    namespace,
  ]);
  for (const line of new TableWriter().format([["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"], ...rows])) env.out.line(line);
}

/** What may be shown to anyone: who has the key is the cluster's administrator. */
function redacted({ currentContext, clusters, users, contexts }: Howbeconfig): object {
  return {
    apiVersion: "v1",
    clusters: clusters.map(({ name, server }) => ({ cluster: { "certificate-authority-data": "DATA+OMITTED", server }, name })),
    contexts: contexts.map(({ name, ...context }) => ({ context, name })),
    "current-context": currentContext,
    kind: "Config",
    users: users.map(({ name }) => ({ name, user: { "client-certificate-data": "DATA+OMITTED", "client-key-data": "DATA+OMITTED" } })),
  };
}
