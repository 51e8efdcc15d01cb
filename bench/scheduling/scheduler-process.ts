import type { Running } from "../../test/e2e/harness/process.js";
import { freePort, startProgram } from "../harness/api-server-process.js";

/** `howbernetes scheduler`, in a process of its own. */
export class SchedulerProcess {
  private constructor(private readonly process: Running) {}

  /** @param configFile with which it reaches the api-server */
  static async start(configFile: string): Promise<SchedulerProcess> {
    const httpListen = ["--http-listen", `127.0.0.1:${await freePort()}`];
    const process = startProgram("scheduler", ["scheduler", "--config", configFile, ...httpListen, "--log-level", "error"]);
    await process.until("the scheduler is ready", (stdout) => stdout.includes("howbernetes scheduler is ready"));
    return new SchedulerProcess(process);
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}
