import { randomBytes } from "node:crypto";
import type { Log } from "../../../base/log.js";
import type { Confinement } from "../confinement.js";
import { isRuntimeUnavailable, RuntimeError } from "../errors.js";
import { labelKeys } from "../identity.js";
import type { RuntimeScope } from "../interface.js";
import { removeContainer } from "./cleanup.js";
import type { EngineAbilities } from "./confinement-options.js";
import { emptySandboxHostConfig } from "./create-options.js";
import type { DockerEngine } from "./engine.js";
import { sandboxCommand } from "./sandbox-image.js";

/** What every process may be: whoever wants no more needs no probe. */
const mostReadilyKilled = 1000;

/** The adjustments that are tried, the most useful first. */
const triedAdjustments = [-997, 0];

/**
 * Finds out, once, what the engine can do to confine containers. How far it can spare them is nowhere to be read: an
 * engine that runs in a container, or without the right to raise its own limits, fails the start of what it may not
 * spare. So an empty sandbox is started to see.
 */
export class AbilityProbe {
  private security: Promise<Pick<EngineAbilities, "hasAppArmor" | "hasSeLinux">> | undefined;
  private least: Promise<number | undefined> | undefined;

  constructor(
    private readonly engine: DockerEngine,
    private readonly log: Log,
  ) {}

  /** Those that a container's confinement asks for; most ask for none. `image` is the sandbox's. */
  async of(scope: RuntimeScope, image: string, { appArmor, seLinux, oomScoreAdjustment }: Confinement): Promise<EngineAbilities> {
    const asksForSecurity = appArmor.type !== "any" || seLinux !== undefined;
    const [security, leastOomScoreAdjustment] = await Promise.all([
      asksForSecurity ? this.securityOf() : { hasAppArmor: false, hasSeLinux: false },
      this.leastFor(scope, image, oomScoreAdjustment),
    ]);
    return { ...security, leastOomScoreAdjustment };
  }

  private securityOf(): Promise<Pick<EngineAbilities, "hasAppArmor" | "hasSeLinux">> {
    this.security ??= this.readSecurity();
    this.security.catch((_triedAgain: unknown) => {
      this.security = undefined;
    });
    return this.security;
  }

  private async leastFor(scope: RuntimeScope, image: string, wanted: number): Promise<number | undefined> {
    if (wanted >= mostReadilyKilled) return mostReadilyKilled;
    this.least ??= this.findLeast(scope, image);
    this.least.catch((_triedAgain: unknown) => {
      this.least = undefined;
    });
    return this.least;
  }

  private async readSecurity(): Promise<Pick<EngineAbilities, "hasAppArmor" | "hasSeLinux">> {
    const signal = new AbortController().signal;
    const { SecurityOptions: options = [] } = (await this.engine.call(signal, () => this.engine.docker.info())) as {
      readonly SecurityOptions?: readonly string[];
    };
    const has = (name: string): boolean => options.some((option) => option.split(",").includes(`name=${name}`));
    return { hasAppArmor: has("apparmor"), hasSeLinux: has("selinux") };
  }

  private async findLeast(scope: RuntimeScope, image: string): Promise<number | undefined> {
    let reason = "";
    for (const adjustment of triedAdjustments) {
      const problem = await this.tryAdjustment(scope, image, adjustment);
      if (problem !== undefined) {
        reason = problem;
        continue;
      }
      if (reason !== "") this.log.info("the engine lowers no container's oom score further than this", { adjustment, reason });
      return adjustment;
    }
    this.log.warn("the engine cannot say which containers to spare when memory is short", { reason });
    return undefined;
  }

  /** Why the engine can't start what has this adjustment; undefined when it can. */
  private async tryAdjustment(scope: RuntimeScope, image: string, adjustment: number): Promise<string | undefined> {
    const signal = new AbortController().signal;
    const options = {
      name: `howbe_probe-${randomBytes(6).toString("hex")}`,
      Image: image,
      Cmd: [...sandboxCommand],
      // The node's label is for what its pods are made of.
      Labels: { [labelKeys.cluster]: scope.clusterUid },
      NetworkDisabled: true,
      HostConfig: { ...emptySandboxHostConfig, NetworkMode: "none", OomScoreAdj: adjustment },
    };
    const { id } = await this.engine.call(signal, () => this.engine.docker.createContainer(options));
    try {
      await this.engine.call(signal, () => this.engine.docker.getContainer(id).start());
      return undefined;
    } catch (error: unknown) {
      if (isRuntimeUnavailable(error) || !(error instanceof RuntimeError)) throw error;
      return error.message;
    } finally {
      await removeContainer(this.engine, id, signal);
    }
  }
}
