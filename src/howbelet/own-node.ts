import { nodeKind } from "../api/kinds/node/kind.js";
import type { Whole } from "../api/object.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { ApiClient, Informer } from "../client/contracts.js";
import { createInformer } from "../client/informer.js";
import type { Node } from "../gen/howbernetes/core/v1/node.js";

export interface OwnNodeDeps {
  readonly client: Pick<ApiClient, "of">;
  /** Resolves once the api-server is known to be of the node's cluster. */
  readonly connected: (signal: AbortSignal) => Promise<void>;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The Node that stands for this machine, as the api-server has it. */
export class OwnNode {
  private readonly informer: Informer<Node>;

  constructor(private readonly deps: OwnNodeDeps) {
    const { client, nodeName, clock, log } = deps;
    this.informer = createInformer(client.of(nodeKind), { fieldSelector: `metadata.name=${nodeName}` }, { clock, log });
  }

  /** Undefined while it has not been read. */
  get(): Whole<Node> | undefined {
    return this.informer.list()[0];
  }

  /** Follows it until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    await this.deps.connected(signal);
    await this.informer.run(signal);
  }
}
