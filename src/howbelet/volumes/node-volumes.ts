import { join } from "node:path";
import type { Log } from "../../base/log.js";
import { Mounter } from "./mounter.js";
import { VolumePlaces } from "./volume-places.js";

/** Where a node keeps its pods' volumes, below the folder of its own files. */
export function volumesDirectory(dataDir: string): string {
  return join(dataDir, "volumes");
}

/** Removes the volumes of all pods of a node, whose agent and containers have ended: before its folder is removed. */
export async function removeVolumes(dataDir: string, log: Log): Promise<void> {
  const places = new VolumePlaces({ directory: volumesDirectory(dataDir), mounter: new Mounter(), log });
  for (const podUid of await places.pods()) await places.remove(podUid);
}
