import type { ContainerInspectInfo, MountSettings } from "dockerode";
import type { PreparedNetwork, SandboxConfig } from "../../interface.js";

/** What a sandbox is created with so as to be in the network. */
export interface SandboxPlace {
  readonly networkMode: string;
  /** Docker is to make an empty network namespace, and nothing in it. */
  readonly networkDisabled: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly sysctls: Readonly<Record<string, string>>;
}

/** How a sandbox is connected. */
export interface SandboxConnection {
  /** "" when it has no address. */
  readonly ip: string;
  /** "unconnected": it runs, and `connect` has yet to do its part. "lost": it runs, and can never be connected any more. */
  readonly state: "connected" | "unconnected" | "lost";
}

/** A sandbox in a list. */
export interface ListedSandbox {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * How the pods of a node get their network. One is chosen when the agent starts; each keeps what the other has
 * connected before. Calls may be repeated.
 */
export interface PodNetwork {
  /** As in the log: "direct", "docker". */
  readonly name: string;
  /** Makes the network, and mends what has come loose from it. */
  prepare(subnet: string, signal: AbortSignal): Promise<PreparedNetwork>;
  /** Reserves a sandbox's place. @throws RuntimeError Failed when no address is left */
  place(name: string, config: SandboxConfig): SandboxPlace;
  /** The sandbox has been made in its place, or its making has failed. */
  placed(name: string, isMade: boolean): void;
  /** Connects a sandbox that runs, if that is left to us. @throws RuntimeError Failed */
  connect(info: ContainerInspectInfo, signal: AbortSignal): Promise<void>;
  connectionOf(info: ContainerInspectInfo): Promise<SandboxConnection>;
  /** What the containers that join the sandbox must be given. */
  mountsFor(sandboxId: string, signal: AbortSignal): Promise<MountSettings[]>;
  /** The sandbox has been removed by us. */
  removed(id: string): Promise<void>;
  /** Lists by `list`, and forgets the sandboxes that are not in the list any more. */
  listing<T>(list: () => Promise<{ readonly sandboxes: readonly ListedSandbox[]; readonly result: T }>, signal: AbortSignal): Promise<T>;
  /** Mends the network when somebody removes it, from when this resolves until `signal` fires. */
  guard(signal: AbortSignal): Promise<void>;
  /** Gives up what is held for it; pods stay connected. */
  close(): void;
}
