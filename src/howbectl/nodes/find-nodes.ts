import { nodeKind } from "../../api/kinds/node/kind.js";
import type { CliEnv } from "../cli-env.js";
import { type FoundObject, forEachFoundObject } from "../resources/found-objects.js";
import { parseTargets } from "../resources/resource-arguments.js";
import { UsageError } from "../usage-error.js";

/**
 * The nodes that words name, as `n1` or `node/n1`, or that a selector selects.
 *
 * @param verb of the command, for messages
 * @throws UsageError when the words name no node; CommandFailure when one does not exist: then nothing is done to the others either
 */
export async function findNodes(
  verb: string,
  words: readonly string[],
  selector: string | undefined,
  env: CliEnv,
): Promise<readonly FoundObject[]> {
  const hint = `See 'howbectl ${verb} -h' for help and examples`;
  if (words.length === 0 && selector === undefined) throw new UsageError(`USAGE: ${verb} NODE [flags]`, hint);
  if (words.length > 0 && selector !== undefined) throw new UsageError("cannot specify both a node name and a --selector option", hint);
  const named = words.map((word) => (word.includes("/") ? word : `nodes/${word}`));
  const stranger = named.length === 0 ? undefined : parseTargets(named).find(({ kind }) => kind.typeName !== nodeKind.typeName);
  if (stranger !== undefined) throw new UsageError(`expected resource of type node, got "${stranger.kind.plural}"`);
  const nodes: FoundObject[] = [];
  const flags = selector === undefined ? {} : { selector };
  await forEachFoundObject(named.length === 0 ? ["nodes"] : named, flags, env, async (node) => void nodes.push(node));
  return nodes;
}
