import { chmod, chown, mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { geteuid } from "node:process";
import { isDeepStrictEqual } from "node:util";
import { backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import { ifPresent } from "../../base/if-present.js";
import { InvariantError } from "../../base/invariant.js";
import { type GroupAccess, modeForGroup } from "./group-ownership.js";
import { checkHostPath } from "./host-path.js";
import type { Mounter } from "./mounter.js";
import { isSamePayload } from "./payload.js";
import { isWritten, writePayload } from "./payload-files.js";
import type { VolumePlaces } from "./volume-places.js";
import type { PlannedVolume, VolumePlan } from "./volume-plan.js";
import { failed, pending, type VolumeProblem } from "./volume-problem.js";

/** What could not be made for a reason of the machine's is tried again after these waits. */
const retryBackoff = { initialMs: 500, maxMs: 60_000, jitter: "none" } as const;

export interface PodVolumeDeps {
  readonly podUid: string;
  readonly name: string;
  /** The pod's fsGroup. */
  readonly group: number | undefined;
  readonly places: Pick<VolumePlaces, "onDisk" | "inMemory">;
  readonly mounter: Pick<Mounter, "mountMemory">;
  readonly clock: Clock;
  /** It can be had now, or cannot, other than before; a message is new. */
  readonly changed: () => void;
  /** It cannot be made as it should be now; told once for each text. */
  readonly complain: (message: string) => void;
  readonly fault: (error: unknown) => void;
}

/** A volume that is there. */
export interface ReadyVolume {
  readonly state: "ready";
  /** On the machine. */
  readonly path: string;
  /** Whatever a container asks for. */
  readonly isReadOnly: boolean;
  /** Containers, or others of the machine, may put links into it. */
  readonly isShared: boolean;
}

/**
 * One volume of a pod, made as it was last planned. Serial: while one making goes on, plans are only remembered, and
 * the newest is made next. What is there stays there when a later plan cannot be had.
 */
export class PodVolume {
  private current: ReadyVolume | VolumeProblem = pending;
  private wanted: VolumePlan | undefined;
  private made: VolumePlan | undefined;
  /** Resolves when nothing is being made. */
  private working: Promise<void> = Promise.resolve();
  private isWorking = false;
  private takesUp: { readonly isSecret: boolean } | undefined;
  private failures = 0;
  private complaint = "";
  private isStopped = false;
  private cancelRetry: () => void = () => undefined;

  constructor(private readonly deps: PodVolumeDeps) {}

  get state(): ReadyVolume | VolumeProblem {
    return this.current;
  }

  /** This is what it is to be now. */
  follow(planned: PlannedVolume): void {
    if (this.isStopped) return;
    if (planned.state === "ready") {
      if (this.wanted !== undefined && isSamePlan(this.wanted, planned.plan)) return;
      this.wanted = planned.plan;
      this.begin();
      return;
    }
    this.wanted = undefined;
    this.cancelRetry();
    if (planned.state === "failed") this.note(planned.message);
  }

  /** Nothing more is made; resolves when nothing is being made. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelRetry();
    await this.working;
  }

  /**
   * Takes up what an agent before this one has made, while it cannot be known what it should be: what a pod's
   * containers were started with, they may be started with again.
   */
  takeUp(isSecret: boolean): void {
    if (this.isStopped) return;
    this.takesUp = { isSecret };
    this.begin();
  }

  private begin(): void {
    this.cancelRetry();
    if (this.isWorking) return;
    this.isWorking = true;
    this.working = this.work().catch(this.deps.fault);
  }

  private async work(): Promise<void> {
    try {
      if (this.takesUp !== undefined) await this.tryToTakeUp(this.takesUp.isSecret);
      for (let plan = this.wanted; plan !== undefined && plan !== this.made && !this.isStopped; plan = this.wanted) {
        const isMade = await this.tryToMake(plan);
        if (isMade || plan !== this.wanted) continue;
        this.retryLater();
        return;
      }
    } finally {
      // Nothing is awaited between the last look at the plan and this: no plan can be missed.
      this.isWorking = false;
    }
  }

  private async tryToMake(plan: VolumePlan): Promise<boolean> {
    try {
      const ready = await this.make(plan);
      this.made = plan;
      this.failures = 0;
      this.complaint = "";
      this.become(ready);
      return true;
    } catch (error: unknown) {
      if (error instanceof InvariantError) throw error;
      this.note(messageOf(error));
      return false;
    }
  }

  private async tryToTakeUp(isSecret: boolean): Promise<void> {
    this.takesUp = undefined;
    try {
      const folder = join(await this.root(isSecret), this.deps.name);
      if (this.current.state !== "ready" && (await isWritten(folder))) this.become(readOnly(folder));
    } catch (error: unknown) {
      this.note(messageOf(error));
    }
  }

  private retryLater(): void {
    this.failures += 1;
    this.cancelRetry = this.deps.clock.after(backoffMs(this.failures, retryBackoff), () => {
      if (!this.isStopped) this.begin();
    });
  }

  private note(message: string): void {
    if (this.current.state !== "ready") this.become(failed(message));
    if (message === this.complaint) return;
    this.complaint = message;
    this.deps.complain(message);
  }

  private become(state: ReadyVolume | VolumeProblem): void {
    if (isDeepStrictEqual(this.current, state)) return;
    this.current = state;
    this.deps.changed();
  }

  private async make(plan: VolumePlan): Promise<ReadyVolume> {
    const { name, group, clock } = this.deps;
    switch (plan.type) {
      case "machine":
        await checkHostPath(plan.path, plan.pathType);
        return { state: "ready", path: plan.path, isReadOnly: false, isShared: true };
      case "folder": {
        const path = join(await this.root(plan.medium === "memory"), name);
        const mode = group === undefined ? plan.mode : modeForGroup(plan.mode, true, false);
        if (plan.medium === "disk") await makeFolder(path, mode, group);
        else await this.makeMemory(path, { sizeBytes: plan.sizeBytes, mode, group });
        return { state: "ready", path, isReadOnly: false, isShared: true };
      }
      case "files": {
        const path = join(await this.root(plan.isSecret), name);
        const access: GroupAccess | undefined = group === undefined ? undefined : { group, isReadOnly: true };
        await writePayload(path, plan.payload, access, clock.now());
        return readOnly(path);
      }
    }
  }

  private async makeMemory(
    path: string,
    options: { sizeBytes: number | undefined; mode: number; group: number | undefined },
  ): Promise<void> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const [own, above] = [await stat(path), await stat(join(path, ".."))];
    // It is mounted already, by an agent before this one.
    if (own.dev !== above.dev) return;
    // Without root nothing can be mounted: its size is then kept by eviction alone.
    if (geteuid?.() !== 0) return chmod(path, options.mode);
    await this.deps.mounter.mountMemory(path, options);
  }

  private root(isInMemory: boolean): Promise<string> {
    const { places, podUid } = this.deps;
    return isInMemory ? places.inMemory(podUid) : places.onDisk(podUid);
  }
}

function readOnly(path: string): ReadyVolume {
  return { state: "ready", path, isReadOnly: true, isShared: false };
}

function isSamePlan(a: VolumePlan, b: VolumePlan): boolean {
  if (a.type !== "files" || b.type !== "files") return isDeepStrictEqual(a, b);
  return a.isSecret === b.isSecret && isSamePayload(a.payload, b.payload);
}

/** Makes a folder, unless it is there: complete under another name first, so that one that is there is as it should be. */
async function makeFolder(path: string, mode: number, group: number | undefined): Promise<void> {
  if ((await ifPresent(stat(path))) !== undefined) return;
  const draft = `${path}.new`;
  await mkdir(draft, { recursive: true });
  if (group !== undefined) await chown(draft, geteuid?.() ?? 0, group);
  await chmod(draft, mode);
  await rename(draft, path);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
