import type { Whole } from "../../api/object.js";
import { abortable, deferred } from "../../base/abort.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ConfigStore } from "../config/config-store.js";
import type { ConfigData, KnownConfig } from "../config/known-config.js";
import type { RegistryCredentials } from "../runtime/image-store.js";
import { accountsFor, parseRegistryAccounts, type RegistryAccounts } from "./registry-keyring.js";

export interface PullAccountsDeps {
  readonly configs: Pick<ConfigStore, "knownTo">;
  /** The machine's own Docker configuration, as text; undefined where there is none. */
  readonly machineConfig: () => Promise<string | undefined>;
}

/** What a pod's images may be pulled with. */
export interface PullAccount {
  /** To be tried in this order; when there are none, the pull is anybody's. */
  readonly credentials: readonly RegistryCredentials[];
  /** Names of the pod's imagePullSecrets that are not there, or are of no use. */
  readonly missing: readonly string[];
}

/**
 * The accounts with which a pod's images are pulled: those of its imagePullSecrets, then those of the machine's own
 * Docker configuration. Nothing of them is kept.
 */
export class PullAccounts {
  /** By pod, what to call when its configuration has changed. */
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly deps: PullAccountsDeps) {}

  /** What that pod may know of its configuration has changed. */
  changed(podUid: string): void {
    for (const wake of this.waiting.get(podUid) ?? []) wake();
  }

  /** Waits until the Secrets have been read, or are known not to be had for now. @throws an abort error */
  async of(pod: Whole<Pod>, repository: string, signal: AbortSignal): Promise<PullAccount> {
    const secrets = await this.secretsOf(pod, signal);
    const missing = secrets.filter(({ accounts }) => accounts === undefined).map(({ name }) => name);
    const fromSecrets = secrets.flatMap(({ accounts }) => accounts ?? []);
    const machine = parseRegistryAccounts((await this.deps.machineConfig()) ?? "{}", "config.json");
    const tried = [...accountsFor(repository, fromSecrets), ...accountsFor(repository, machine === undefined ? [] : [machine])];
    return { credentials: withoutRepeats(tried), missing };
  }

  private async secretsOf(
    { metadata: { uid, namespace }, spec }: Whole<Pod>,
    signal: AbortSignal,
  ): Promise<readonly { readonly name: string; readonly accounts: RegistryAccounts | undefined }[]> {
    const names = [...new Set(spec.imagePullSecrets.map(({ name = "" }) => name))].filter((name) => name !== "");
    for (;;) {
      const known = names.map((name) => ({ name, config: this.deps.configs.knownTo(uid, { kind: "secret", namespace, name }) }));
      if (!known.some(({ config }) => isPending(config)))
        return known.map(({ name, config }) => ({ name, accounts: config.state === "present" ? accountsOf(config.data) : undefined }));
      await this.change(uid, signal);
    }
  }

  private async change(podUid: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = deferred();
    const waiting = this.waiting.get(podUid) ?? new Set();
    this.waiting.set(podUid, waiting.add(resolve));
    try {
      await abortable(promise, signal);
    } finally {
      waiting.delete(resolve);
      if (waiting.size === 0) this.waiting.delete(podUid);
    }
  }
}

/** It may be had any moment. */
function isPending(config: KnownConfig): boolean {
  return config.state === "unread" && config.problem === "";
}

function accountsOf(data: ConfigData): RegistryAccounts | undefined {
  const [config, older] = [data[".dockerconfigjson"], data[".dockercfg"]];
  if (config !== undefined) return parseRegistryAccounts(textOf(config), "config.json");
  return older === undefined ? undefined : parseRegistryAccounts(textOf(older), "dockercfg");
}

function textOf(value: string | Uint8Array): string {
  return typeof value === "string" ? value : Buffer.from(value).toString();
}

function withoutRepeats(all: readonly RegistryCredentials[]): readonly RegistryCredentials[] {
  return [...new Map(all.map((each) => [JSON.stringify([each.username, each.password]), each])).values()];
}
