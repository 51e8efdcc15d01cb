import { messageFromJson, objectToJson } from "../../api/codec/json.js";
import { notFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { formatLabelSelector } from "../../api/selectors/label-selector.js";
import type { ApiClient } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { LabelSelector } from "../../gen/howbernetes/meta/v1/values.js";
import type { CliEnv } from "../cli-env.js";
import { objectAt } from "../manifests/json-fields.js";
import { UsageError } from "../usage-error.js";
import type { Target } from "./resource-arguments.js";
import { keyFor } from "./selection-flags.js";

/** One container's output. */
export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Which containers of a pod are meant: one by name, all, or the one that kubectl would take. */
export interface ContainerChoice {
  readonly container?: string;
  readonly allContainers?: boolean;
}

/** The outputs meant by a pod and the choice of its containers. */
export function logSourcesOf({ metadata, spec }: Whole<Pod>, choice: ContainerChoice, env: CliEnv): LogSource[] {
  const names = [...spec.initContainers, ...spec.containers].map(({ name }) => name ?? "");
  const chosen = choice.allContainers === true ? names : [choice.container ?? defaultContainer({ metadata, spec }, env)];
  return chosen.map((container) => ({ namespace: metadata.namespace, pod: metadata.name, container }));
}

/** kubectl's choice: what the annotation names, else the first, said aloud when there are several. */
function defaultContainer({ metadata, spec }: Pick<Whole<Pod>, "metadata" | "spec">, env: CliEnv): string {
  const names = [...spec.containers, ...spec.initContainers].map(({ name }) => name ?? "");
  const annotated = metadata.annotations["kubectl.kubernetes.io/default-container"];
  if (annotated !== undefined && names.includes(annotated)) return annotated;
  const [first = "", ...others] = names;
  if (others.length > 0) env.err.line(`Defaulted container "${first}" out of: ${[first, ...others].join(", ")}`);
  return first;
}

/** The pod named, or the readiest of those that the object named selects. */
export async function podToLog(client: ApiClient, { kind, name }: Target, env: CliEnv): Promise<Whole<Pod>> {
  const key = await keyFor(kind, name, env);
  if (kind.typeName === podKind.typeName) return await client.of(podKind).get(key, { signal: env.signal });
  const owner = await client.of(kind).get(key, { signal: env.signal });
  const selector = objectAt(objectAt(objectToJson(kind, owner), "spec"), "selector");
  if (Object.keys(selector).length === 0) throw new UsageError(`cannot get the logs of a ${kind.kind}: it selects no pods`);
  const labelSelector = formatLabelSelector(messageFromJson("howbernetes.meta.v1.LabelSelector", selector).message as LabelSelector);

  const { items } = await client.of(podKind).list({ namespace: key.namespace, labelSelector, signal: env.signal });
  const [best] = [...items].sort((left, right) => readiness(right) - readiness(left));
  if (best === undefined) throw notFound({ group: "", kind: "pods", name: `of ${kind.singular} ${name}` });
  if (items.length > 1) env.err.line(`Found ${items.length} pods, using pod/${best.metadata.name}`);
  return best;
}

function readiness({ spec, status }: Whole<Pod>): number {
  if (status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True")) return 3;
  if (status.phase === "Running") return 2;
  return spec.nodeName ? 1 : 0;
}
