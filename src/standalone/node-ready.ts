import { nodeKind } from "../api/kinds/node/kind.js";
import type { Whole } from "../api/object.js";
import type { ApiClient } from "../client/contracts.js";
import type { Node } from "../gen/howbernetes/core/v1/node.js";

/** Resolves once the Node of that name exists and is Ready. */
export async function nodeReady(client: ApiClient, nodeName: string, signal: AbortSignal): Promise<void> {
  const watch = client.of(nodeKind).watch({ fieldSelector: `metadata.name=${nodeName}`, signal });
  for await (const event of watch) {
    if (event.type !== "bookmark" && event.type !== "deleted" && isReady(event.object)) return;
  }
}

function isReady({ status }: Whole<Node>): boolean {
  return status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
}
