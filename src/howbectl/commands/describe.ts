import { Command } from "commander";
import { isApiError, isNotFound } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { ApiClient } from "../../client/contracts.js";
import type { CliEnv } from "../cli-env.js";
import { errorText } from "../error-text.js";
import { Description } from "../printers/describe/description.js";
import { eventsTable } from "../printers/describe/events.js";
import { describeGeneric } from "../printers/describe/generic.js";
import { describeNamespace } from "../printers/describe/namespace.js";
import { describeNode } from "../printers/describe/node.js";
import { describePod } from "../printers/describe/pod.js";
import { describeDeployment, describeReplicaSet } from "../printers/describe/workloads.js";
import type { KindObject } from "../printers/object-format.js";
import { parseResourceArguments, type ResourceArguments } from "../resources/resource-arguments.js";
import { addSelectionFlags, keyFor, type SelectionFlags, selectionOf } from "../resources/selection-flags.js";
import { CommandFailure } from "../usage-error.js";

interface DescribeFlags extends SelectionFlags {
  readonly showEvents: boolean;
}

export const describeCommand = (env: CliEnv): Command =>
  addSelectionFlags(new Command("describe"))
    .argument("[what...]", "TYPE[,TYPE...], TYPE NAME..., or TYPE/NAME...")
    .option("--no-show-events", "leave out the events (also --show-events=false)")
    .action((words: string[], flags: DescribeFlags) => describe(parseResourceArguments(words), flags, env));

/** Prints everything known about objects, events included. */
export async function describe(what: ResourceArguments, flags: DescribeFlags, env: CliEnv): Promise<void> {
  const client = await env.client();
  const { items, failures } = await collect(client, what, flags, env);
  const texts: string[] = [];
  for (const item of items) texts.push((await describeOne(client, item, flags, env)).join("\n"));
  if (texts.length > 0) env.out.line(texts.join("\n\n\n"));
  else if (failures.length === 0) {
    const scoped = flags.allNamespaces !== true && what.form === "kinds" && what.kinds.some((kind) => kind.namespaced);
    env.err.line(scoped ? `No resources found in ${await env.namespace()} namespace.` : "No resources found");
  }
  if (failures.length > 0) throw new CommandFailure(failures.join("\n"));
}

interface Collected {
  readonly items: readonly KindObject[];
  readonly failures: readonly string[];
}

async function collect(client: ApiClient, what: ResourceArguments, flags: DescribeFlags, env: CliEnv): Promise<Collected> {
  const items: KindObject[] = [];
  const failures: string[] = [];
  if (what.form === "kinds") {
    for (const kind of what.kinds) {
      const list = await client.of(kind).list({ ...(await selectionOf(kind, flags, env)), signal: env.signal });
      items.push(...list.items.map((object) => ({ kind, object })));
    }
    return { items, failures };
  }
  for (const { kind, name } of what.targets) {
    try {
      items.push({ kind, object: await client.of(kind).get(await keyFor(kind, name, env), { signal: env.signal }) });
    } catch (error: unknown) {
      if (!isApiError(error) || error.reason !== "NotFound") throw error;
      failures.push(errorText(error));
    }
  }
  return { items, failures };
}

async function describeOne(client: ApiClient, item: KindObject, flags: DescribeFlags, env: CliEnv): Promise<string[]> {
  const description = new Description();
  await fill(client, item, description, env);
  if (flags.showEvents && item.kind.kind !== eventKind.kind) {
    const { metadata } = item.object;
    const events = await client.of(eventKind).list({
      namespace: metadata.namespace === "" ? undefined : metadata.namespace,
      fieldSelector: `involvedObject.name=${metadata.name}`,
      signal: env.signal,
    });
    // By uid too: an earlier object of the same name is none of this one's business.
    const own = events.items.filter(
      ({ involvedObject: about }) => about?.kind === item.kind.kind && (about.uid ?? metadata.uid) === metadata.uid,
    );
    eventsTable(own, description, env.clock.now());
  }
  return description.lines();
}

async function fill(client: ApiClient, item: KindObject, description: Description, { signal, clock }: CliEnv): Promise<void> {
  const { kind, object } = item;
  const { namespace } = object.metadata;
  if (isOf(podKind, kind, object)) describePod(object, description);
  else if (isOf(namespaceKind, kind, object)) describeNamespace(object, description);
  else if (isOf(nodeKind, kind, object)) {
    const pods = await client.of(podKind).list({ fieldSelector: `spec.nodeName=${object.metadata.name}`, signal });
    const lease = await client
      .of(leaseKind)
      .get({ namespace: "kube-node-lease", name: object.metadata.name }, { signal })
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    describeNode(object, { pods: pods.items, lease, nowMs: clock.now() }, description);
  } else if (isOf(replicaSetKind, kind, object)) {
    const pods = await client.of(podKind).list({ namespace, signal });
    describeReplicaSet(object, ownedBy(object, pods.items), description);
  } else if (isOf(deploymentKind, kind, object)) {
    const replicaSets = await client.of(replicaSetKind).list({ namespace, signal });
    describeDeployment(object, ownedBy(object, replicaSets.items), description);
  } else describeGeneric(item, description);
}

/** Whether an object is of a certain kind; the kind that it came with decides. */
function isOf<T extends ApiObject>(wanted: Kind<T>, kind: Kind, _object: Whole<ApiObject>): _object is Whole<T> & Whole<ApiObject> {
  return kind.typeName === wanted.typeName;
}

function ownedBy<T extends ApiObject>(owner: Whole<ApiObject>, candidates: readonly Whole<T>[]): Whole<T>[] {
  return candidates.filter(({ metadata }) =>
    metadata.ownerReferences.some(({ controller, uid }) => controller === true && uid === owner.metadata.uid),
  );
}
