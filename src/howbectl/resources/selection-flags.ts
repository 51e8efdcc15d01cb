import type { Command } from "commander";
import type { Kind } from "../../api/kinds/kind.js";
import type { ObjectKey } from "../../api/object.js";
import type { Selection } from "../../client/contracts.js";
import type { CliEnv } from "../cli-env.js";

/** Flags by which a command picks objects of a kind. */
export interface SelectionFlags {
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly allNamespaces?: boolean;
}

/** Adds `-l`, `--field-selector` and `-A`. */
export function addSelectionFlags(command: Command): Command {
  return command
    .option("-l, --selector <query>", "only objects whose labels match, as app=web,tier!=db or 'env in (a,b)'")
    .option("--field-selector <query>", "only objects whose fields match, as status.phase=Running")
    .option("-A, --all-namespaces", "in every namespace");
}

/** What the flags select of a kind. */
export async function selectionOf(kind: Kind, flags: SelectionFlags, env: CliEnv): Promise<Selection> {
  return {
    namespace: kind.namespaced && flags.allNamespaces !== true ? await env.namespace() : undefined,
    labelSelector: flags.selector,
    fieldSelector: flags.fieldSelector,
  };
}

/** The key of a named object: cluster-scoped kinds have no namespace. */
export async function keyFor(kind: Kind, name: string, env: CliEnv, namespace?: string): Promise<ObjectKey> {
  return { namespace: kind.namespaced ? (namespace ?? (await env.namespace())) : "", name };
}

/** The selection of one named object, for a list or a watch of it alone. */
export function selectionOfOne(key: ObjectKey): Selection {
  return { namespace: key.namespace === "" ? undefined : key.namespace, fieldSelector: `metadata.name=${key.name}` };
}
