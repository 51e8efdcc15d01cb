import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { Command, Option } from "commander";
import { createApiServer } from "../../apiserver/api-server.js";
import { systemClock } from "../../base/clock.js";
import { parseHostPort } from "../../base/host-port.js";
import { startHttpEndpoint } from "../../base/http-endpoint.js";
import { runInOrder, type Stage } from "../../base/lifecycle.js";
import { createLog, type Log } from "../../base/log.js";
import { createMetrics, type Metrics } from "../../base/metrics.js";
import type { KeyPair } from "../../base/tls/certificate.js";
import { type ApiClientOptions, createApiClient, type RemoteApiClient } from "../../client/client.js";
import { howbeconfigPath, writeClusterConfig } from "../../client/howbeconfig.js";
import { createNodeMetricsSource } from "../../controllers/horizontal-pod-autoscaler/node-metrics-source.js";
import { createControllerManager } from "../../controllers/manager.js";
import { createHowbelet } from "../../howbelet/howbelet.js";
import { podNetworkFlag } from "../../howbelet/pod-network-flag.js";
import { type NodeSettingFlags, nodeSettings, sharedMachineEvictionHard } from "../../howbelet/resources/node-settings.js";
import type { PodNetworkChoice } from "../../howbelet/runtime/docker/network/choose-network.js";
import type { Dial } from "../../rpc/channel.js";
import type { ApiServers } from "../../scheduler/answering/keep-answering.js";
import type { SchedulerConfiguration } from "../../scheduler/configuration/scheduler-configuration.js";
import { createScheduler } from "../../scheduler/scheduler.js";
import type { Store } from "../../storage/interface.js";
import { checkAddress } from "../address-check.js";
import { processBirth, readClusterRecord, runningPid, writeClusterRecord } from "../cluster-record.js";
import {
  addressOption,
  auditLogOption,
  type CommonFlags,
  logLevelOption,
  maxRequestsOption,
  nodeSettingOptions,
  podCidrOption,
  storeOption,
} from "../command-line.js";
import { type DataDirectory, dataDirectory, defaultDataDirectory, defaultNodeName } from "../data-directory.js";
import { dialableAddress } from "../dialable-address.js";
import { checkDocker } from "../docker-check.js";
import { nodeReady } from "../node-ready.js";
import { outlived } from "../outlived-stage.js";
import { clientCertificate, identities, loadCertificateAuthority, serverCertificate } from "../pki.js";
import { type CommandContext, runCommand } from "../run-command.js";
import { startupCheck } from "../run-with-health.js";
import { loadSchedulerConfiguration, schedulerConfigOption } from "../scheduler-config.js";
import { serverStage } from "../server-stage.js";
import { StartupError } from "../startup-error.js";
import { openStore, parseStoreChoice } from "../store-choice.js";
import { type AuditOptions, withAuditLog } from "../with-audit-log.js";

interface UpFlags extends CommonFlags, NodeSettingFlags {
  readonly dataDir: string;
  readonly listen: string;
  readonly httpListen: string;
  readonly store: string;
  readonly podCidr?: string;
  readonly podNetwork?: PodNetworkChoice;
  readonly maxRequestsInflight: number;
  readonly auditLog?: string;
  readonly schedulerConfig?: string;
  readonly nodeName: string;
  /** False with `--no-node`. */
  readonly node: boolean;
}

/** `howbernetes up`: a whole cluster in one process. */
export const upCommand = (): Command => {
  const command = new Command("up")
    .description("run a whole cluster on this machine: api-server, scheduler, controllers, and a node on the local Docker")
    .option("--data-dir <dir>", "where its data is", defaultDataDirectory(process.env))
    .addOption(addressOption("--listen <host:port>", "where the api-server listens", "127.0.0.1:7443"))
    .addOption(addressOption("--http-listen <host:port>", "where health and metrics are served", "127.0.0.1:7444"))
    .addOption(storeOption("embedded"))
    .addOption(podCidrOption())
    .addOption(maxRequestsOption())
    .addOption(auditLogOption())
    .addOption(schedulerConfigOption())
    .addOption(new Option(podNetworkFlag.flags, podNetworkFlag.description).choices(podNetworkFlag.choices))
    .option("--node-name <name>", "name of the local node", defaultNodeName())
    .option("--no-node", "run no containers here")
    .addOption(logLevelOption("warn"))
    .action((flags: UpFlags) => runCommand((context) => up(flags, context)));
  for (const option of nodeSettingOptions()) command.addOption(option);
  return command;
};

/** What the parts of the cluster share. */
interface Parts {
  readonly flags: UpFlags;
  readonly data: DataDirectory;
  readonly ca: KeyPair;
  readonly store: Store;
  readonly logOf: (component: string) => Log;
  readonly metrics: Metrics;
  readonly audit: AuditOptions;
  readonly scheduling: SchedulerConfiguration | undefined;
}

async function up(flags: UpFlags, context: CommandContext): Promise<void> {
  const data = dataDirectory(flags.dataDir);
  const logOf = (component: string): Log => createLog(component, flags.logLevel);
  const scheduling = await loadSchedulerConfiguration(flags.schedulerConfig);
  if (flags.node) await checkDocker(context.env);
  await mkdir(data.root, { recursive: true, mode: 0o700 });
  const pid = await runningPid(await readClusterRecord(data.record));
  if (pid !== undefined) throw new StartupError(`${data.root} is in use: a cluster runs there as process ${pid}`);
  await checkAddress(flags.listen);
  await checkAddress(flags.httpListen);

  const ca = await loadCertificateAuthority(data.pki);
  const store = await openStore(parseStoreChoice(flags.store), data.store, { log: logOf("store"), clock: systemClock });
  try {
    const birth = await processBirth(process.pid);
    await writeClusterRecord(data.record, { clusterUid: store.clusterUid, pid: process.pid, birth, store: flags.store });
    const metrics = createMetrics();
    await withAuditLog(flags.auditLog, { log: logOf("apiserver"), metrics }, (audit) =>
      serve({ flags, data, ca, store, logOf, metrics, audit, scheduling }, context),
    );
  } finally {
    await store.close();
  }
}

async function serve(parts: Parts, { env, signal, print }: CommandContext): Promise<void> {
  const { flags, ca, metrics } = parts;
  let missing: string | undefined = "the cluster's start";
  const address = dialableAddress(flags.listen);
  const clients: RemoteApiClient[] = [];
  const server = await apiServerOf(parts);
  const checks = [startupCheck(() => missing), ...server.checks];
  const http = await startHttpEndpoint({ listen: flags.httpListen, metrics, checks });
  // What runs in one process needs no network to talk, and then a fraction of the CPU.
  const dial: Dial = (settings) => server.dial(settings);
  const optionsOf = async (who: keyof typeof identities): Promise<ApiClientOptions> => {
    const tls = await clientCertificate(ca, identities[who]);
    return { address, tls, dial, log: parts.logOf(who), clock: systemClock, fieldManager: `howbernetes-${who}` };
  };
  const clientOf = async (who: keyof typeof identities): Promise<RemoteApiClient> => {
    const client = createApiClient(await optionsOf(who));
    clients.push(client);
    return client;
  };
  try {
    const [admin, scheduler, controllers] = await Promise.all([clientOf("admin"), clientOf("scheduler"), clientOf("controllers")]);
    const podMetrics = createNodeMetricsSource(controllers);
    const servers = serversFor(await optionsOf("scheduler"));
    const stages: Stage[] = [
      serverStage(server),
      { runnable: createControllerManager({ client: controllers, podMetrics, ...componentDeps(parts, "controllers") }) },
      { runnable: createScheduler({ client: scheduler, servers, configuration: parts.scheduling, ...componentDeps(parts, "scheduler") }) },
      ...(flags.node ? [await nodeStage(parts, { address, admin, dial })] : []),
    ];
    await writeClusterConfig(howbeconfigPath(env), {
      name: "howbernetes",
      server: address,
      tls: await clientCertificate(ca, identities.admin),
    });
    await runInOrder(stages, signal, () => {
      missing = undefined;
      print("howbernetes is ready");
    });
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await http.stop();
  }
}

/** Every api-server by itself: this process's own without a network, others that announce themselves over it. */
const serversFor = ({ dial, ...options }: ApiClientOptions): ApiServers => ({
  configured: [options.address],
  connect: (address) => createApiClient({ ...options, address, ...(address === options.address && dial !== undefined ? { dial } : {}) }),
});

async function apiServerOf({ flags, ca, store, logOf, metrics, audit }: Parts): Promise<ReturnType<typeof createApiServer>> {
  const { host } = parseHostPort(flags.listen);
  return createApiServer({
    store,
    tls: await serverCertificate(ca, [host]),
    listen: flags.listen,
    certificateAuthority: ca,
    clock: systemClock,
    log: logOf("apiserver"),
    metrics,
    maxRequestsInFlight: flags.maxRequestsInflight,
    ...audit,
    ...(flags.podCidr === undefined ? {} : { podCidr: flags.podCidr }),
  });
}

/** How the local node gets to its server. */
interface ServerAccess {
  readonly address: string;
  readonly dial: Dial;
  readonly admin: RemoteApiClient;
}

async function nodeStage({ flags, data, ca, logOf }: Parts, { address, dial, admin }: ServerAccess): Promise<Stage> {
  const { nodeName, podNetwork } = flags;
  const tls = await clientCertificate(ca, { commonName: `system:node:${nodeName}`, organizations: ["system:nodes"] });
  const nodeLog = logOf("howbelet");
  const howbelet = createHowbelet({
    server: address,
    dial,
    tls,
    nodeName,
    dataDir: data.howbelet,
    podNetwork,
    settings: nodeSettings({ ...flags, evictionHard: flags.evictionHard ?? sharedMachineEvictionHard }),
    clock: systemClock,
    log: nodeLog,
  });
  return outlived(howbelet, (signal) => nodeReady(admin, nodeName, signal), nodeLog);
}

interface ComponentDeps {
  readonly clock: typeof systemClock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly identity: string;
  readonly isDead: (holder: string) => boolean;
}

function componentDeps({ flags, logOf, metrics }: Parts, component: string): ComponentDeps {
  const identity = `up_${hostname()}`;
  // The embedded store lets in one process at a time: whoever led from inside another `up` before this one is gone.
  const isDead = (holder: string): boolean => parseStoreChoice(flags.store).kind === "embedded" && holder.startsWith("up_");
  return { clock: systemClock, log: logOf(component), metrics, identity, isDead };
}
