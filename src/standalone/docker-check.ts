import { DockerEngine } from "../howbelet/runtime/docker/engine.js";
import { StartupError } from "./startup-error.js";

// Docker answers a ping within milliseconds; one that hangs is as good as none.
const pingTimeoutMs = 5_000;

/**
 * Makes sure that a Docker Engine answers, before anything is started that needs one.
 * @throws StartupError when none does
 */
export async function checkDocker(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await askVersion(env.DOCKER_HOST);
  } catch (error: unknown) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new StartupError(`${detail}; start Docker, set DOCKER_HOST, or give --no-node`);
  }
}

async function askVersion(dockerHost: string | undefined): Promise<void> {
  const engine = new DockerEngine(dockerHost);
  try {
    await engine.call(new AbortController().signal, () => engine.docker.version(), pingTimeoutMs);
  } finally {
    engine.close();
  }
}
