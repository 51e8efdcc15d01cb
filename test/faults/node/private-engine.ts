import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";
import { ensureBusyboxImage } from "../../conformance/runtime/busybox-image.js";
import { type Running, run, start } from "../../e2e/harness/process.js";

const call = promisify(execFile);

/** Why no engine of a test's own can be had here; undefined when one can. */
export async function whyNoPrivateEngine(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "a Docker Engine of its own takes root";
  const { code } = await run("dockerd", ["--version"]).catch(() => ({ code: 1 }));
  return code === 0 ? undefined : "there is no dockerd to be started";
}

/** A Docker Engine of a test's own, to be stopped and started again; its containers live on meanwhile, as with Docker's live-restore. */
export class PrivateEngine {
  private readonly directory = mkdtempSync(join(tmpdir(), "howbernetes-dockerd-"));
  /** Its bridges and rules must not meet those of the machine's engine: a second one takes the first one's bridge away. */
  private readonly namespace = `howbe-${randomBytes(4).toString("hex")}`;
  private daemon: Running | undefined;
  readonly socket = join(this.directory, "docker.sock");
  readonly host = `unix://${this.socket}`;
  readonly docker = new Docker({ socketPath: this.socket });

  /** Starts it, with the image that tests run. */
  static async create(): Promise<PrivateEngine> {
    const engine = new PrivateEngine();
    await call("ip", ["netns", "add", engine.namespace]);
    await engine.start();
    const image = await ensureBusyboxImage();
    await call("sh", ["-c", 'docker save "$1" | docker -H "$2" load', "sh", image, engine.host]);
    return engine;
  }

  async start(): Promise<void> {
    const folders = ["data", "exec"].map((name) => join(this.directory, name));
    const [data = "", exec = ""] = folders;
    const flags = { "--data-root": data, "--exec-root": exec, "--pidfile": join(this.directory, "pid"), "--host": this.host };
    // Not by `ip netns exec`, which hides the control groups.
    const inside = [`--net=/run/netns/${this.namespace}`, "dockerd"];
    this.daemon = start("nsenter", [...inside, ...Object.entries(flags).flat(), "--live-restore"]);
    await this.daemon.until("the engine to listen", (_stdout, stderr) => stderr.includes("API listen on"));
  }

  /** Ends the daemon. */
  async stop(): Promise<void> {
    await this.daemon?.stop("SIGTERM");
    this.daemon = undefined;
  }

  /** Runs containers that end at once, each some four events for whoever listens. */
  async runShortLived(image: string, count: number): Promise<void> {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const container = await this.docker.createContainer({ Image: image, Cmd: ["true"], HostConfig: { NetworkMode: "none" } });
        await container.start();
        await container.wait();
        await container.remove();
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
  }

  /** Removes it and all that it ran. */
  async destroy(): Promise<void> {
    const containers = await this.docker.listContainers({ all: true });
    await Promise.all(containers.map(({ Id: id }) => this.docker.getContainer(id).remove({ force: true })));
    const networks = await this.docker.listNetworks({ filters: { type: ["custom"] } });
    for (const { Id: id } of networks) await this.docker.getNetwork(id).remove();
    await this.stop();
    // With live-restore it leaves its mounts for the next daemon.
    const mounts = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[4] ?? "");
    for (const path of mounts.filter((each) => each.startsWith(this.directory)).reverse()) await call("umount", ["--lazy", path]);
    await call("ip", ["netns", "delete", this.namespace]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
