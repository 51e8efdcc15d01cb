import { randomUUID } from "node:crypto";
import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isConflict, isNotFound, notFound, unavailable } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import { isKeyExists, isRevisionMismatch } from "../../storage/errors.js";
import type { Guard, Revision, Store } from "../../storage/interface.js";
import type { ObjectStore } from "../object-store.js";
import { prepareCreate } from "../objects/prepare-create.js";
import { translated, translateStoreError } from "../objects/store-errors.js";
import { planPodCidr } from "./pod-cidr.js";

interface NodeRegistryDeps {
  readonly objects: ObjectStore;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Range from which each node has a /24 for its pods. */
  readonly podCidr: string;
}

const allocationKey = "/podcidrs/allocation";

// Each attempt fails only because another server allocated at the same moment.
const maxAttempts = 20;

/**
 * Brings the Nodes of machines that report into being, each with a network of its own for its pods.
 *
 * Invariant: an allocation first rewrites one key, then reads all Nodes, then writes its Node on the condition that the
 * key has not been rewritten since; so no two allocations see the same free network, whichever server makes them.
 */
export class NodeRegistry {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly deps: NodeRegistryDeps) {}

  /**
   * The Node of a machine that opens a session. `uid` is what the machine registered as before, "" when it starts anew;
   * then an absent Node is created.
   * @throws ApiError NotFound when the Node of that uid has been deleted
   */
  async register(name: string, uid: string, signal: AbortSignal): Promise<CachedObject<Node>> {
    const found = await this.find(name, signal);
    if (uid !== "" && found?.object.metadata.uid !== uid) throw notFound({ group: "", kind: "nodes", name });
    if (found !== undefined && (found.object.spec.podCIDR ?? "") !== "") return found;

    // One at a time: allocations of this server would only make each other start over.
    const registered = this.last.then(() => this.allocate(name, signal));
    this.last = registered.catch((_theirs: unknown) => undefined);
    return registered;
  }

  private async find(name: string, signal: AbortSignal): Promise<CachedObject<Node> | undefined> {
    try {
      return await this.deps.objects.get(nodeKind, { namespace: "", name }, { kind: "latest" }, signal);
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private async allocate(name: string, signal: AbortSignal): Promise<CachedObject<Node>> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const revision = await this.claim(name, signal);
      const cidr = await this.freeCidr(signal);
      try {
        const node = await this.write(name, cidr, { guard: { key: allocationKey, revision }, signal });
        this.deps.log.info("node registered", { node: name, podCIDR: node.object.spec.podCIDR });
        return node;
      } catch (error: unknown) {
        if (!isConflict(error) && !isAlreadyExists(error)) throw error;
      }
    }
    throw unavailable(`no pod network could be allocated for node "${name}": too many nodes register at once`);
  }

  /** Rewrites the allocation key: from here on every allocation that began earlier fails. */
  private async claim(name: string, signal: AbortSignal): Promise<Revision> {
    const { store } = this.deps;
    const subject = { group: "", kind: "nodes", name };
    const record = Buffer.from(name);
    for (;;) {
      const { value } = await translated(subject, store.get(allocationKey, signal));
      try {
        return value === undefined ? await store.create(allocationKey, record) : await store.update(allocationKey, record, value.revision);
      } catch (error: unknown) {
        if (!isKeyExists(error) && !isRevisionMismatch(error)) throw translateStoreError(error, subject);
      }
    }
  }

  private async freeCidr(signal: AbortSignal): Promise<string> {
    const { objects, podCidr, store } = this.deps;
    const nodes = await objects.list(nodeKind, "", { kind: "latest" }, signal);
    const taken = new Set(nodes.map(({ object }) => object.spec.podCIDR ?? ""));
    const cidr = planPodCidr(podCidr, taken, store.clusterUid);
    if (cidr === undefined) throw unavailable(`all pod networks of ${podCidr} are taken`);
    return cidr;
  }

  private async write(
    name: string,
    cidr: string,
    { guard, signal }: { readonly guard: Guard; readonly signal: AbortSignal },
  ): Promise<CachedObject<Node>> {
    const { objects } = this.deps;
    const withCidr = (draft: Whole<Node>): boolean => {
      if ((draft.spec.podCIDR ?? "") !== "") return false;
      draft.spec.podCIDR = cidr;
      draft.spec.podCIDRs = [cidr];
      draft.metadata.labels["kubernetes.io/hostname"] ??= name;
      return true;
    };
    // An administrator may have recorded the Node before its machine came.
    if ((await this.find(name, signal)) !== undefined)
      return objects.mutate(nodeKind, { namespace: "", name }, withCidr, { signal, guards: [guard] });

    const node = makeWhole(nodeKind, { metadata: { name } });
    withCidr(node);
    prepareCreate(nodeKind, node, { namespace: "", uid: randomUUID(), nowMs: this.deps.clock.now() });
    return objects.create(nodeKind, node, { signal, guards: [guard] });
  }
}
