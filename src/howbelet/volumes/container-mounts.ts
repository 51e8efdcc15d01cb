import { chmod, mkdir, open, realpath, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { geteuid } from "node:process";
import type { Container, VolumeMount } from "../../gen/howbernetes/core/v1/container.js";
import { RuntimeError } from "../runtime/errors.js";
import type { Mount } from "../runtime/interface.js";
import type { Mounter } from "./mounter.js";
import type { ReadyVolume } from "./pod-volume.js";
import { type HeldPlace, holdBelow } from "./sub-path.js";
import { expandSubPath } from "./sub-path-expansion.js";

/** Of all places of a pod's, one that no volume is called like. */
const subPathFolder = ".sub-paths";

export interface ContainerMountsDeps {
  readonly mounter: Pick<Mounter, "bind" | "unmountBelow">;
  /** The pod's folder in memory. */
  readonly inMemory: () => Promise<string>;
}

type Variables = ReadonlyMap<string, string>;

/**
 * What a container is to see of its pod's volumes.
 *
 * Only a part of a volume is first shown at a place of the agent's own: what is mounted there is what was found when
 * the path was gone down, and stays it, whatever the pod's other containers make of that path until the engine looks.
 *
 * @throws RuntimeError Misconfigured, when a part of a volume cannot be had
 */
export async function containerMounts(
  container: Container,
  volumes: ReadonlyMap<string, ReadyVolume>,
  variables: Variables,
  deps: ContainerMountsDeps,
): Promise<readonly Mount[]> {
  const mounts: Mount[] = [];
  for (const [index, mount] of container.volumeMounts.entries()) {
    const volume = volumes.get(mount.name ?? "");
    if (volume === undefined)
      throw refused(`volume ${JSON.stringify(mount.name ?? "")} of container ${JSON.stringify(container.name)} is not there`);
    const subPath = expandSubPath(mount, variables);
    const source = subPath === "" ? volume.path : await partOf(volume, subPath, { container, mount, index }, deps);
    const { mountPath = "" } = mount;
    mounts.push({
      source,
      target: isAbsolute(mountPath) ? mountPath : `/${mountPath}`,
      isReadOnly: volume.isReadOnly || mount.readOnly === true,
      propagation: propagationOf(mount),
    });
  }
  return mounts;
}

function propagationOf({ mountPropagation }: VolumeMount): Mount["propagation"] {
  if (mountPropagation === "Bidirectional") return "rshared";
  return mountPropagation === "HostToContainer" ? "rslave" : "private";
}

interface MountOfContainer {
  readonly container: Container;
  readonly mount: VolumeMount;
  readonly index: number;
}

async function partOf(
  volume: ReadyVolume,
  subPath: string,
  { container, mount, index }: MountOfContainer,
  deps: ContainerMountsDeps,
): Promise<string> {
  const about = `subPath for volumeMount ${JSON.stringify(mount.name)} of container ${JSON.stringify(container.name)}`;
  // What exactly is in the way could tell the pod's author about the machine's files.
  const hold = async (): Promise<HeldPlace> => holdBelow(await realpath(volume.path), subPath);
  const place = await hold().catch((error: unknown) => {
    throw refused(`failed to prepare ${about}`, error);
  });
  try {
    if (geteuid?.() === 0) return await shown(place, join(subPathFolder, container.name ?? "", String(index)), deps);
    if (!volume.isShared) return join(volume.path, place.path);
    throw refused(`failed to prepare ${about}: for a volume that containers can write, howbelet must run as root`);
  } finally {
    await place.close();
  }
}

/** Shows a place at a path of its own, instead of what an earlier container of that name saw there. */
async function shown(place: HeldPlace, name: string, { mounter, inMemory }: ContainerMountsDeps): Promise<string> {
  const target = join(await inMemory(), name);
  await mounter.unmountBelow(target);
  await makeTarget(target, place.isFolder);
  await mounter.bind(place.descriptorPath, target);
  return target;
}

/** Makes an empty folder or file for something to be mounted at; never removes anything that has something in it. */
async function makeTarget(target: string, isFolder: boolean): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const found = await stat(target).catch((_missing: unknown) => undefined);
  if (found !== undefined) {
    if (found.isDirectory() === isFolder) return;
    await (found.isDirectory() ? rmdir(target) : unlink(target));
  }
  if (isFolder) await mkdir(target, { mode: 0o700 });
  else await (await open(target, "wx", 0o600)).close();
  if (isFolder) await chmod(target, 0o700);
}

function refused(message: string, cause?: unknown): RuntimeError {
  return new RuntimeError("Misconfigured", message, cause);
}
