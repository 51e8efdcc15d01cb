import { Command } from "commander";
import { type Clock, systemClock } from "../../base/clock.js";
import { createLog, type Log } from "../../base/log.js";
import { createMetrics, type Metrics } from "../../base/metrics.js";
import type { Runnable } from "../../base/runnable.js";
import { createApiClient, type RemoteApiClient } from "../../client/client.js";
import { howbeconfigPath, readHowbeconfig, resolveContext } from "../../client/howbeconfig.js";
import { createNodeMetricsSource } from "../../controllers/horizontal-pod-autoscaler/node-metrics-source.js";
import { createControllerManager } from "../../controllers/manager.js";
import type { ApiServers } from "../../scheduler/answering/keep-answering.js";
import { createScheduler } from "../../scheduler/scheduler.js";
import { addressOption, type CommonFlags, logLevelOption } from "../command-line.js";
import { type CommandContext, runCommand } from "../run-command.js";
import { runWithHealth } from "../run-with-health.js";
import { loadSchedulerConfiguration, schedulerConfigOption } from "../scheduler-config.js";

interface ComponentFlags extends CommonFlags {
  readonly schedulerConfig?: string;
  readonly config?: string;
  readonly server?: string;
  readonly httpListen: string;
}

interface ComponentDeps {
  readonly client: RemoteApiClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Every api-server by itself. */
  readonly servers: ApiServers;
}

interface Component {
  readonly name: string;
  readonly description: string;
  /** A port of its own, so that all components can run on one machine. */
  readonly httpListen: string;
  readonly create: (deps: ComponentDeps, flags: ComponentFlags) => Promise<Runnable>;
}

/** `howbernetes scheduler`: one of any number, of which one leads. */
export const schedulerCommand = (): Command =>
  componentCommand({
    name: "scheduler",
    description: "assign pods to nodes",
    httpListen: "127.0.0.1:7445",
    create: async (deps, flags) => createScheduler({ ...deps, configuration: await loadSchedulerConfiguration(flags.schedulerConfig) }),
  }).addOption(schedulerConfigOption());

/** `howbernetes controllers`: one of any number, of which one leads. */
export const controllersCommand = (): Command =>
  componentCommand({
    name: "controllers",
    description: "make what is match what is wanted: Deployments, ReplicaSets, nodes, owners",
    httpListen: "127.0.0.1:7446",
    create: async ({ servers: _unused, ...deps }) => createControllerManager({ ...deps, podMetrics: createNodeMetricsSource(deps.client) }),
  });

function componentCommand(component: Component): Command {
  return new Command(component.name)
    .description(component.description)
    .option("--config <file>", "howbeconfig to reach the api-server with (default: $HOWBECONFIG, else ~/.howbe/config)")
    .addOption(addressOption("--server <host:port>", "where the api-server is, instead of where the howbeconfig says"))
    .addOption(addressOption("--http-listen <host:port>", "where health and metrics are served", component.httpListen))
    .addOption(logLevelOption("info"))
    .action((flags: ComponentFlags) => runCommand((context) => runComponent(component, flags, context)));
}

async function runComponent({ name, create }: Component, flags: ComponentFlags, { env, signal, print }: CommandContext): Promise<void> {
  const log = createLog(name, flags.logLevel);
  const metrics = createMetrics();
  const { server, tls } = resolveContext(await readHowbeconfig(flags.config ?? howbeconfigPath(env)));
  const address = flags.server ?? server;
  const clientOf = (server: string) =>
    createApiClient({ address: server, tls, log, clock: systemClock, fieldManager: `howbernetes-${name}` });
  const client = clientOf(address);
  const servers = { configured: address.split(",").map((each) => each.trim()), connect: clientOf };
  try {
    const stage = { runnable: await create({ client, clock: systemClock, log, metrics, servers }, flags) };
    await runWithHealth(stage, { listen: flags.httpListen, metrics, signal, onReady: () => print(`howbernetes ${name} is ready`) });
  } finally {
    await client.close();
  }
}
