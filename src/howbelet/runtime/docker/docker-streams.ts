import type { ContainerLogOptions, ContainerStreams } from "../container-streams.js";
import { containerLogs } from "./container-logs.js";
import type { DockerEngine } from "./engine.js";

/** What goes into Docker's containers and comes out of them. */
export class DockerStreams implements ContainerStreams {
  constructor(private readonly engine: DockerEngine) {}

  async *logs(id: string, options: ContainerLogOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { Config: config } = await this.engine.call(signal, (abortSignal) =>
      this.engine.docker.getContainer(id).inspect({ abortSignal }),
    );
    yield* containerLogs(this.engine, { id, isTerminal: config.Tty }, options, signal);
  }
}
