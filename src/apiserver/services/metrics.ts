import { badRequest, notFound } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { parseLabelSelector } from "../../api/selectors/label-selector.js";
import type {
  MetricsService,
  NodeMetricsRequest,
  NodeMetricsResponse,
  PodMetricsRequest,
  PodMetricsResponse,
} from "../../gen/howbernetes/api/v1/metrics.js";
import type { NodeMetrics, PodMetrics } from "../../gen/howbernetes/metrics/v1beta1/metrics.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import { authorize } from "../auth/authorize.js";
import type { ObjectStore } from "../object-store.js";
import { nodeMetrics, podMetrics } from "../statistics/metrics-of.js";
import type { StatisticsReader } from "../statistics/node-statistics.js";

const group = "metrics.k8s.io";

export interface MetricsServiceDeps {
  readonly objects: Pick<ObjectStore, "list">;
  readonly statistics: Pick<StatisticsReader, "ofNodes">;
}

/** What pods and nodes use, asked of the nodes. */
export function createMetricsService(deps: MetricsServiceDeps): Handlers<MetricsService> {
  return {
    podMetrics: (request, call) => podMetricsOf(deps, request, call),
    nodeMetrics: (request, call) => nodeMetricsOf(deps, request, call),
  };
}

async function podMetricsOf(
  { objects, statistics }: MetricsServiceDeps,
  { namespace, name, labelSelector }: PodMetricsRequest,
  { caller, signal }: CallContext,
): Promise<PodMetricsResponse> {
  const kind = { group, plural: "pods", namespaced: true };
  authorize(caller, { verb: name === "" ? "list" : "get", kind, namespace, name, subresource: "" });
  if (name !== "" && namespace === "") throw badRequest("a pod that is named needs a namespace");
  const selector = parseLabelSelector(labelSelector);
  const listed = await objects.list(podKind, namespace, { kind: "any" }, signal);
  const pods = listed
    .map(({ object }) => object)
    .filter(({ metadata }) => (name === "" || metadata.name === name) && selector.matches(metadata.labels))
    .filter(({ status }) => status.phase === "Running" || status.phase === "Pending");
  const nodeOf = ({ spec }: (typeof pods)[number]): string => spec.nodeName ?? "";
  const { answers, unreachable } = await statistics.ofNodes(
    pods.map(nodeOf).filter((node) => node !== ""),
    signal,
  );
  const items = pods.flatMap((pod) => {
    const answer = answers.get(nodeOf(pod));
    return (answer === undefined ? undefined : podMetrics(pod, answer)) ?? [];
  });
  // Of one whose node does not answer, that is what has to be told.
  if (name !== "" && items.length === 0 && unreachable.length === 0)
    throw notFound({ group, kind: "podmetrics", name: `${namespace}/${name}` });
  return { items: items.sort((a, b) => compare(placeOf(a), placeOf(b))), unreachable: [...unreachable] };
}

async function nodeMetricsOf(
  { objects, statistics }: MetricsServiceDeps,
  { name, labelSelector }: NodeMetricsRequest,
  { caller, signal }: CallContext,
): Promise<NodeMetricsResponse> {
  const kind = { group, plural: "nodes", namespaced: false };
  authorize(caller, { verb: name === "" ? "list" : "get", kind, namespace: "", name, subresource: "" });
  const selector = parseLabelSelector(labelSelector);
  const listed = await objects.list(nodeKind, "", { kind: "any" }, signal);
  const nodes = listed
    .map(({ object }) => object)
    .filter(({ metadata }) => (name === "" || metadata.name === name) && selector.matches(metadata.labels));
  if (name !== "" && nodes.length === 0) throw notFound({ group, kind: "nodemetrics", name });
  const { answers, unreachable } = await statistics.ofNodes(
    nodes.map(({ metadata }) => metadata.name),
    signal,
  );
  const items = [];
  const unseen = [];
  for (const node of nodes) {
    const answer = answers.get(node.metadata.name);
    const metrics = answer === undefined ? undefined : nodeMetrics(node, answer);
    if (metrics !== undefined) items.push(metrics);
    else if (answer !== undefined) unseen.push({ name: node.metadata.name, reason: "its machine is not in sight of its howbelet" });
  }
  return { items: items.sort((a, b) => compare(placeOf(a), placeOf(b))), unreachable: [...unreachable, ...unseen] };
}

const placeOf = ({ metadata }: PodMetrics | NodeMetrics): string => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
