import { rm } from "node:fs/promises";
import { Command } from "commander";
import { createLog } from "../../base/log.js";
import { removeCluster } from "../../howbelet/runtime/docker/cleanup.js";
import { removeVolumes } from "../../howbelet/volumes/node-volumes.js";
import { type ClusterRecord, readClusterRecord, runningPid } from "../cluster-record.js";
import { dataDirectory, defaultDataDirectory } from "../data-directory.js";
import { type CommandContext, runCommand } from "../run-command.js";
import { StartupError } from "../startup-error.js";

interface DownFlags {
  readonly dataDir: string;
  readonly purge?: true;
}

/** `howbernetes down`: removes what a stopped cluster left running. */
export const downCommand = (): Command =>
  new Command("down")
    .description("remove this cluster's containers and network, once `howbernetes up` has been stopped")
    .option("--data-dir <dir>", "where its data is", defaultDataDirectory(process.env))
    .option("--purge", "remove its data too")
    .action((flags: DownFlags) => runCommand((context) => down(flags, context)));

async function down({ dataDir, purge }: DownFlags, { env, signal, print }: CommandContext): Promise<void> {
  const data = dataDirectory(dataDir);
  const record = await readClusterRecord(data.record);
  const pid = await runningPid(record);
  if (pid !== undefined) throw new StartupError(`the cluster still runs as process ${pid}: stop it first (kill ${pid})`);
  if (record === undefined) {
    print(`no cluster in ${data.root}`);
  } else {
    await removeContainers(record, { env, signal, print });
  }
  if (purge === true) await removeData(data.root, record, print);
}

async function removeContainers({ clusterUid }: ClusterRecord, { env, signal, print }: CommandContext): Promise<void> {
  try {
    const { containers, networks } = await removeCluster(clusterUid, env.DOCKER_HOST, signal);
    print(`removed ${containers} containers and ${networks} networks`);
  } catch (error: unknown) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new StartupError(`the cluster's containers cannot be removed: ${detail}`, { cause: error });
  }
}

async function removeData(root: string, record: ClusterRecord | undefined, print: (line: string) => void): Promise<void> {
  // Never a folder that is not known to be a cluster's: --data-dir may be mistyped.
  if (record === undefined) return;
  await removeVolumes(dataDirectory(root).howbelet, createLog("down", "warn"));
  await rm(root, { recursive: true, force: true });
  print(`removed ${root}`);
  if (record.store !== "embedded") print(`the cluster's objects are still in ${record.store}, under /registry/`);
}
