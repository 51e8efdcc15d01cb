import type { Whole } from "../../api/object.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { FilterPlugin } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";

const name = "NodeReady";
const reason = "node(s) were not ready";
const refused = lastingRefusal(name, reason);

const readyCondition = ({ status }: Whole<Node>) => status.conditions.find(({ type }) => type === "Ready");
const isReadyNode = (node: Whole<Node>): boolean => readyCondition(node)?.status === "True";

function waitsFor(node: Whole<Node>): string {
  const { status, message = "" } = readyCondition(node) ?? {};
  if (status === undefined) return "it has not said yet that it is ready; the pod waits for that";
  const why = message === "" ? "" : ` (${message})`;
  if (status === "False") return `it says that it is not ready${why}; the pod waits until it says that it is`;
  return `nothing has been heard from it${why}; the pod waits for its howbelet to come back`;
}

/**
 * Keeps pods off nodes that are not Ready. No remedy: only the node itself can help.
 * Unlike Kubernetes: a filter of its own, because the taint that says the same is written a moment later, and a pod
 * must not be lost to a dead node in between.
 */
export const nodeReady: FilterPlugin = {
  name,
  scope: "node",
  prepareFilter: () => ({
    check: ({ isReady }) => (isReady ? undefined : refused),
    explain: ({ isReady, node }) => (isReady ? [] : [{ plugin: name, reason, detail: waitsFor(node), remedies: [] }]),
  }),
  wakes: {
    nodeAdded: ({ node }) => isReadyNode(node),
    nodeUpdated: ({ node, previous }) => isReadyNode(node) && !isReadyNode(previous),
  },
};
