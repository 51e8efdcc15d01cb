import type { Whole } from "../../api/object.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";

/**
 * The node as it would be after commands of howbectl: `uncordon`, `label` and `taint`, as filters suggest them.
 * @returns undefined when one is something else, whose outcome cannot be foreseen here
 */
export function changedNode(node: Whole<Node>, commands: readonly (readonly string[])[]): Whole<Node> | undefined {
  let changed: Whole<Node> | undefined = node;
  for (const command of commands) changed = changed === undefined ? undefined : afterCommand(changed, command);
  return changed;
}

function afterCommand(node: Whole<Node>, [verb, ...words]: readonly string[]): Whole<Node> | undefined {
  if (verb === "uncordon") return uncordoned(node);
  // What follows is "node NAME" and then the changes.
  const changes = words.slice(2).filter((word) => !word.startsWith("--"));
  if (verb === "label") return labelled(node, changes);
  if (verb === "taint") return untainted(node, changes);
  return undefined;
}

function uncordoned(node: Whole<Node>): Whole<Node> {
  const taints = node.spec.taints.filter(({ key }) => key !== "node.kubernetes.io/unschedulable");
  return { ...node, spec: { ...node.spec, unschedulable: false, taints } };
}

function labelled(node: Whole<Node>, changes: readonly string[]): Whole<Node> {
  const labels = { ...node.metadata.labels };
  for (const change of changes) {
    const [key = "", value] = change.split("=", 2);
    if (value !== undefined) labels[key] = value;
    else if (key.endsWith("-")) delete labels[key.slice(0, -1)];
  }
  return { ...node, metadata: { ...node.metadata, labels } };
}

/** Taints are taken away: "key=value:Effect-", "key:Effect-" or "key-". To add one helps no pod. */
function untainted(node: Whole<Node>, changes: readonly string[]): Whole<Node> | undefined {
  if (changes.some((change) => !change.endsWith("-"))) return undefined;
  const gone = changes.map((change) => {
    const [named = "", effect] = change.slice(0, -1).split(":", 2);
    return { key: named.split("=", 1)[0], effect };
  });
  const taints = node.spec.taints.filter(
    (taint) => !gone.some(({ key, effect }) => key === taint.key && (effect === undefined || effect === taint.effect)),
  );
  return { ...node, spec: { ...node.spec, taints } };
}
