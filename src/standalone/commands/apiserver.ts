import { join } from "node:path";
import { Command } from "commander";
import { createApiServer } from "../../apiserver/api-server.js";
import { systemClock } from "../../base/clock.js";
import { parseHostPort } from "../../base/host-port.js";
import { createLog } from "../../base/log.js";
import { createMetrics } from "../../base/metrics.js";
import type { KeyPair } from "../../base/tls/certificate.js";
import { writeClusterConfig } from "../../client/howbeconfig.js";
import { checkAddress } from "../address-check.js";
import {
  addressOption,
  auditLogOption,
  type CommonFlags,
  logLevelOption,
  maxRequestsOption,
  podCidrOption,
  storeOption,
} from "../command-line.js";
import { dataDirectory, defaultDataDirectory } from "../data-directory.js";
import { dialableAddress } from "../dialable-address.js";
import { clientCertificate, identities, loadCertificateAuthority, serverCertificate } from "../pki.js";
import { type CommandContext, runCommand } from "../run-command.js";
import { runWithHealth } from "../run-with-health.js";
import { serverStage } from "../server-stage.js";
import { openStore, parseStoreChoice } from "../store-choice.js";
import { type AuditOptions, withAuditLog } from "../with-audit-log.js";

interface ApiserverFlags extends CommonFlags {
  readonly store: string;
  readonly dataDir: string;
  readonly listen: string;
  readonly httpListen: string;
  readonly pkiDir?: string;
  readonly configDir?: string;
  readonly advertise?: string;
  readonly podCidr?: string;
  readonly maxRequestsInflight: number;
  readonly auditLog?: string;
}

/** `howbernetes apiserver`: the api-server alone. */
export const apiserverCommand = (): Command =>
  new Command("apiserver")
    .description("run the api-server alone; it makes the cluster's CA, and howbeconfigs for the other components, where there are none")
    .addOption(storeOption("etcd://127.0.0.1:2379"))
    .option("--data-dir <dir>", "where the embedded store, and unless told otherwise the CA, is", defaultDataDirectory(process.env))
    .addOption(addressOption("--listen <host:port>", "where it listens", "127.0.0.1:7443"))
    .addOption(addressOption("--http-listen <host:port>", "where health and metrics are served", "127.0.0.1:7444"))
    .option("--pki-dir <dir>", "where the CA is (default: pki in the data directory)")
    .option("--config-dir <dir>", "where to write admin, scheduler and controllers howbeconfigs (default: the CA's directory)")
    .addOption(
      addressOption(
        "--advertise <host:port>",
        "the address that these howbeconfigs name (default: --listen, or loopback), and by which the nodes find this one among several",
      ),
    )
    .addOption(podCidrOption())
    .addOption(maxRequestsOption())
    .addOption(auditLogOption())
    .addOption(logLevelOption("info"))
    .action((flags: ApiserverFlags) => runCommand((context) => apiserver(flags, context)));

async function apiserver(flags: ApiserverFlags, { signal, print }: CommandContext): Promise<void> {
  const data = dataDirectory(flags.dataDir);
  const log = createLog("apiserver", flags.logLevel);
  const metrics = createMetrics();
  const pkiDir = flags.pkiDir ?? data.pki;
  const advertised = flags.advertise ?? dialableAddress(flags.listen);
  await checkAddress(flags.listen);
  const ca = await loadCertificateAuthority(pkiDir);
  const store = await openStore(parseStoreChoice(flags.store), data.store, { log, clock: systemClock });
  const serve = async (audit: AuditOptions): Promise<void> => {
    await writeConfigs(flags.configDir ?? pkiDir, ca, advertised);
    const server = createApiServer({
      store,
      tls: await serverCertificate(ca, [parseHostPort(flags.listen).host, parseHostPort(advertised).host]),
      listen: flags.listen,
      certificateAuthority: ca,
      clock: systemClock,
      log,
      metrics,
      maxRequestsInFlight: flags.maxRequestsInflight,
      ...audit,
      ...(flags.advertise === undefined ? {} : { advertise: flags.advertise }),
      ...(flags.podCidr === undefined ? {} : { podCidr: flags.podCidr }),
    });
    await runWithHealth(serverStage(server), {
      listen: flags.httpListen,
      metrics,
      signal,
      checks: server.checks,
      onReady: () => print("howbernetes apiserver is ready"),
    });
  };
  try {
    await withAuditLog(flags.auditLog, { log, metrics }, serve);
  } finally {
    await store.close();
  }
}

/** One file for each who is to call this server, made anew at each start. */
async function writeConfigs(folder: string, ca: KeyPair, server: string): Promise<void> {
  for (const [name, identity] of Object.entries(identities)) {
    await writeClusterConfig(join(folder, `${name}.howbeconfig`), {
      name: "howbernetes",
      server,
      tls: await clientCertificate(ca, identity),
    });
  }
}
