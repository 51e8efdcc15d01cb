import type { ConfigReference } from "../../api/kinds/pod/config-references.js";
import type { Whole } from "../../api/object.js";
import { quantityNumber } from "../../api/values/quantity.js";
import { abortable, deferred, isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Volume } from "../../gen/howbernetes/core/v1/volume.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { ConfigStore } from "../config/config-store.js";
import { containersOf } from "../pods/pod-containers.js";
import type { PodEvent } from "../pods/pod-reporter.js";
import type { VolumeSupply } from "../pods/volume-supply.js";
import type { Mount } from "../runtime/interface.js";
import { containerMounts } from "./container-mounts.js";
import { Mounter } from "./mounter.js";
import { PodVolume, type ReadyVolume } from "./pod-volume.js";
import { VolumePlaces } from "./volume-places.js";
import { planVolume } from "./volume-plan.js";
import { failed, pending, type VolumeProblem } from "./volume-problem.js";
import { folderBytes } from "./volume-usage.js";

export interface PodVolumesDeps {
  /** Where they are. Of the node alone. */
  readonly directory: string;
  readonly configs: Pick<ConfigStore, "knownTo">;
  /** Of the node, by resource; undefined while that is not known. */
  readonly allocatable: () => Readonly<Record<string, Quantity>> | undefined;
  /** Whether the container engine sees this machine's files; undefined while that is not known. */
  readonly isEngineLocal: () => boolean | undefined;
  readonly event: (pod: Whole<Pod>, event: PodEvent) => void;
  /** What `problemsOf` says of that pod may have changed. */
  readonly changed: (podUid: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A folder of a pod's that its containers fill. */
export interface FolderUsage {
  readonly volume: string;
  readonly medium: "disk" | "memory";
  /** Undefined when it could not be found out. */
  readonly usedBytes: number | undefined;
  /** Undefined is no limit. */
  readonly limitBytes: number | undefined;
}

interface HeldPod {
  pod: Whole<Pod>;
  isFollowing: boolean;
  readonly volumes: Map<string, PodVolume>;
}

/**
 * The volumes of a node's pods: files and folders of the machine, which are mounted into containers. Those of a pod are
 * made when it is first held, follow what they are made of until it is released, outlive its containers and the agent,
 * and go when the pod goes.
 */
export class PodVolumes implements VolumeSupply {
  private readonly pods = new Map<string, HeldPod>();
  /** Pods of which an agent before this one has left something. */
  private readonly found = new Set<string>();
  private readonly mounter = new Mounter();
  private readonly places: VolumePlaces;
  private readonly failure = deferred<never>();
  private clearing: Promise<void> = Promise.resolve();

  constructor(private readonly deps: PodVolumesDeps) {
    const { directory, log } = deps;
    this.places = new VolumePlaces({ directory, mounter: this.mounter, log });
  }

  /** Looks what is there from before; to be awaited before any pod is held. */
  async load(): Promise<void> {
    for (const uid of await this.places.pods()) this.found.add(uid);
  }

  /** Rejects when something fails of its own fault; ends, with all that is under way, when `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await abortable(this.failure.promise, signal);
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      const volumes = [...this.pods.values()].flatMap((held) => [...held.volumes.values()]);
      await Promise.all([this.clearing, ...volumes.map((volume) => volume.stop())]);
    }
  }

  /** To be called again with each change of the pod: volumes may show its labels. */
  hold(pod: Whole<Pod>): void {
    const { uid } = pod.metadata;
    const held = this.pods.get(uid) ?? { pod, isFollowing: true, volumes: new Map() };
    held.pod = pod;
    held.isFollowing = true;
    this.pods.set(uid, held);
    for (const volume of usedVolumes(pod)) this.add(held, volume);
    this.follow(held);
  }

  /** What the pod's volumes are made of may have changed. */
  refresh(podUid: string): void {
    const held = this.pods.get(podUid);
    if (held?.isFollowing === true) this.follow(held);
  }

  /** None of a pod's containers can be made before all volumes that any of them mounts are there. */
  problemsOf(pod: Whole<Pod>): ReadonlyMap<string, VolumeProblem> {
    const problem = this.problemOf(pod);
    if (problem === undefined) return new Map();
    return new Map(containersOf(pod).map(({ container: { name = "" } }) => [name, problem]));
  }

  async mountsFor(pod: Whole<Pod>, container: Container, variables: ReadonlyMap<string, string>): Promise<readonly Mount[]> {
    if (container.volumeMounts.length === 0) return [];
    const { uid } = pod.metadata;
    const ready = new Map<string, ReadyVolume>();
    for (const [name, { state }] of this.pods.get(uid)?.volumes ?? []) if (state.state === "ready") ready.set(name, state);
    return containerMounts(container, ready, variables, { mounter: this.mounter, inMemory: () => this.places.inMemory(uid) });
  }

  release(podUid: string): void {
    const held = this.pods.get(podUid);
    if (held !== undefined) held.isFollowing = false;
  }

  async remove(podUid: string): Promise<void> {
    const held = this.pods.get(podUid);
    const isNothing = (held === undefined || held.volumes.size === 0) && !this.found.has(podUid);
    if (!isNothing) {
      await Promise.all([...(held?.volumes.values() ?? [])].map((volume) => volume.stop()));
      await this.places.remove(podUid);
    }
    this.found.delete(podUid);
    this.pods.delete(podUid);
  }

  /**
   * Removes what agents before this one have left of pods that the node does not have any more. What cannot be removed
   * now is left for the next time.
   */
  removeLeftovers(isPresent: (podUid: string) => boolean): void {
    const gone = [...this.found].filter((uid) => !isPresent(uid) && !this.pods.has(uid));
    for (const uid of gone) this.found.delete(uid);
    const clear = async (): Promise<void> => {
      for (const pod of gone) {
        await this.places
          .remove(pod)
          .catch((error: unknown) => this.deps.log.warn("volumes of a pod that is gone are left", { pod, error }));
      }
    };
    this.clearing = this.clearing.then(clear);
  }

  /** How full the pod's empty folders are. */
  async usageOf(pod: Whole<Pod>, signal: AbortSignal): Promise<readonly FolderUsage[]> {
    const volumes = this.pods.get(pod.metadata.uid)?.volumes;
    const usages = pod.spec.volumes.map(async ({ name = "", volumeSource }): Promise<FolderUsage | undefined> => {
      const emptyDir = volumeSource?.emptyDir;
      const state = volumes?.get(name)?.state;
      if (emptyDir === undefined || state?.state !== "ready") return undefined;
      const limit = quantityNumber(emptyDir.sizeLimit);
      return {
        volume: name,
        medium: emptyDir.medium === "Memory" ? "memory" : "disk",
        usedBytes: await folderBytes(state.path, signal),
        limitBytes: limit > 0 ? limit : undefined,
      };
    });
    return (await Promise.all(usages)).filter((usage) => usage !== undefined);
  }

  private add(held: HeldPod, volume: Volume): void {
    const { name = "" } = volume;
    if (held.volumes.has(name)) return;
    const { changed, event, clock } = this.deps;
    const { uid } = held.pod.metadata;
    const added = new PodVolume({
      podUid: uid,
      name,
      group: held.pod.spec.securityContext?.fsGroup,
      places: this.places,
      mounter: this.mounter,
      clock,
      changed: () => changed(uid),
      complain: (message) => event(held.pod, { type: "Warning", reason: "FailedMount", message: setUpFailed(name, message) }),
      fault: (error) => this.failure.reject(error),
    });
    held.volumes.set(name, added);
    if (this.found.has(uid) && isOfFiles(volume)) added.takeUp(hasSecrets(volume));
  }

  private follow({ pod, volumes }: HeldPod): void {
    const { configs, allocatable, isEngineLocal } = this.deps;
    const isLocal = isEngineLocal();
    if (isLocal === undefined) return;
    const { uid, namespace } = pod.metadata;
    const configOf = ({ kind, name }: Pick<ConfigReference, "kind" | "name">) => configs.knownTo(uid, { kind, namespace, name });
    for (const [name, volume] of volumes) {
      const wanted = pod.spec.volumes.find((each) => each.name === name);
      if (wanted === undefined) continue;
      volume.follow(isLocal ? planVolume(wanted, { pod, allocatable: allocatable(), configOf }) : engineElsewhere);
    }
  }

  private problemOf(pod: Whole<Pod>): VolumeProblem | undefined {
    const used = usedVolumes(pod);
    if (used.length === 0) return undefined;
    const held = this.pods.get(pod.metadata.uid);
    let first: VolumeProblem | undefined;
    for (const { name = "" } of used) {
      const state = held?.volumes.get(name)?.state ?? pending;
      if (state.state === "failed") return failed(setUpFailed(name, state.message));
      if (state.state === "pending") first = pending;
    }
    return first;
  }
}

const engineElsewhere = failed("the node's container engine is another machine's: it does not see what is made here");

/** In Kubernetes' words. */
function setUpFailed(volume: string, message: string): string {
  return `MountVolume.SetUp failed for volume "${volume}" : ${message}`;
}

/** Those that a container mounts: the others are never made. */
function usedVolumes(pod: Whole<Pod>): readonly Volume[] {
  const { volumes } = pod.spec;
  if (volumes.length === 0) return [];
  const used = new Set(containersOf(pod).flatMap(({ container }) => container.volumeMounts.map(({ name }) => name)));
  return volumes.filter(({ name }) => used.has(name));
}

function isOfFiles({ volumeSource }: Volume): boolean {
  const { configMap, secret, downwardAPI, projected } = volumeSource ?? {};
  return [configMap, secret, downwardAPI, projected].some((source) => source !== undefined);
}

function hasSecrets({ volumeSource }: Volume): boolean {
  return volumeSource?.secret !== undefined || (volumeSource?.projected?.sources ?? []).some(({ secret }) => secret !== undefined);
}
