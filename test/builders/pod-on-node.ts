import type { PodMemory } from "../../src/howbelet/pods/pod-memory.js";
import type { ContainerKind, ContainerSnapshot } from "../../src/howbelet/runtime/interface.js";

/** What a worker remembers, as far as a test says otherwise than that the image is there. */
export type MemoryOverrides = { readonly [Key in keyof PodMemory]?: PodMemory[Key] };

/** What a worker remembers of a pod whose image is there. */
export function podMemory(overrides: MemoryOverrides = {}): PodMemory {
  return {
    images: new Map([["web", { state: "present" }]]),
    endings: new Map(),
    inPostStart: new Set(),
    failedPostStart: new Set(),
    setbacks: new Map(),
    configErrors: new Map(),
    volumeErrors: new Map(),
    crashLoops: new Map(),
    endedAtMs: new Map(),
    lastWords: new Map(),
    stopByMs: undefined,
    ...overrides,
  };
}

/** What a snapshot's identity may be said to be. */
interface SnapshotIdentity {
  readonly attempt?: number;
  readonly name?: string;
  readonly kind?: ContainerKind;
}

/** A container named "web" of pod "p" that runs, or, named "POD", its sandbox. */
export function containerSnapshot(id: string, overrides: Partial<ContainerSnapshot> & SnapshotIdentity = {}): ContainerSnapshot {
  const { attempt = 0, name = "web", kind = name === "POD" ? "sandbox" : "app", ...rest } = overrides;
  const identity = { podUid: "u", podNamespace: "default", podName: "p", container: name, specHash: "", attempt };
  return {
    id,
    identity: { ...identity, kind },
    phase: "running",
    createdAtMs: 0,
    startedAtMs: name === "POD" ? 10 : 20,
    finishedAtMs: rest.phase === "exited" ? 30 : undefined,
    exitCode: 0,
    oomKilled: false,
    startError: "",
    stopSignal: "SIGTERM",
    image: "busybox:1",
    imageId: "sha256:1",
    sandboxId: name === "POD" ? "" : "s",
    ip: "",
    ...rest,
  };
}
