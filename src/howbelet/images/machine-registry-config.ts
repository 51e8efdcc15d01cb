import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The Docker configuration of the user that the agent runs as, in which `docker login` keeps accounts; undefined where
 * there is none. Read anew each time: a login helps the next pull.
 */
export async function machineRegistryConfig(): Promise<string | undefined> {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  try {
    return await readFile(join(folder, "config.json"), "utf8");
  } catch (_noneOrUnreadable: unknown) {
    return undefined;
  }
}
