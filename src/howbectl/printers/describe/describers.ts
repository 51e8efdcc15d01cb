import { isNotFound } from "../../../api/errors.js";
import { configMapKind } from "../../../api/kinds/configmap/kind.js";
import { cronJobKind } from "../../../api/kinds/cronjob/kind.js";
import { daemonSetKind } from "../../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import { flightRecordKind } from "../../../api/kinds/flightrecord/kind.js";
import { horizontalPodAutoscalerKind } from "../../../api/kinds/horizontalpodautoscaler/kind.js";
import { jobKind } from "../../../api/kinds/job/kind.js";
import type { Kind } from "../../../api/kinds/kind.js";
import { leaseKind } from "../../../api/kinds/lease/kind.js";
import { limitRangeKind } from "../../../api/kinds/limitrange/kind.js";
import { namespaceKind } from "../../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../../api/kinds/node/kind.js";
import { podKind } from "../../../api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../../api/kinds/poddisruptionbudget/kind.js";
import { priorityClassKind } from "../../../api/kinds/priorityclass/kind.js";
import { replicaSetKind } from "../../../api/kinds/replicaset/kind.js";
import { resourceQuotaKind } from "../../../api/kinds/resourcequota/kind.js";
import { secretKind } from "../../../api/kinds/secret/kind.js";
import { serviceAccountKind } from "../../../api/kinds/serviceaccount/kind.js";
import { statefulSetKind } from "../../../api/kinds/statefulset/kind.js";
import type { ApiObject, Whole } from "../../../api/object.js";
import type { ApiClient } from "../../../client/contracts.js";
import { controlledObjects } from "../../resources/controlled-objects.js";
import type { KindObject } from "../object-format.js";
import { describeHorizontalPodAutoscaler } from "./autoscaler.js";
import { deletionFields } from "./cells.js";
import { describeConfigMap, describePriorityClass, describeSecret, describeServiceAccount } from "./config.js";
import type { Description } from "./description.js";
import { describeFlightRecord } from "./flight-record.js";
import { describeGeneric } from "./generic.js";
import { describeCronJob, describeJob } from "./jobs.js";
import { describeLimitRange, describePodDisruptionBudget, describeResourceQuota } from "./limits.js";
import { describeNamespace } from "./namespace.js";
import { describeNode } from "./node.js";
import { describePod } from "./pod.js";
import { describeDaemonSet, describeStatefulSet } from "./sets.js";
import { describeDeployment, describeReplicaSet } from "./workloads.js";

/** Where a description finds what it tells besides the object itself. */
export interface Surroundings {
  readonly client: ApiClient;
  readonly signal: AbortSignal;
  readonly nowMs: number;
}

type Describe<T extends ApiObject> = (object: Whole<T>, description: Description, around: Surroundings) => void | Promise<void>;

interface Describer {
  readonly typeName: string;
  describe(item: KindObject, description: Description, around: Surroundings): void | Promise<void>;
}

function describer<T extends ApiObject>(kind: Kind<T>, describe: Describe<T>): Describer {
  return {
    typeName: kind.typeName,
    // An object under a kind's name is of that kind: the client unpacked it as such.
    describe: ({ object }, description, around) => describe(object as unknown as Whole<T>, description, around),
  };
}

const describers: readonly Describer[] = [
  describer(podKind, (pod, description, { nowMs }) => describePod(pod, nowMs, description)),
  describer(configMapKind, describeConfigMap),
  describer(secretKind, describeSecret),
  describer(serviceAccountKind, describeServiceAccount),
  describer(priorityClassKind, describePriorityClass),
  describer(resourceQuotaKind, describeResourceQuota),
  describer(limitRangeKind, describeLimitRange),
  describer(podDisruptionBudgetKind, describePodDisruptionBudget),
  describer(cronJobKind, describeCronJob),
  describer(horizontalPodAutoscalerKind, describeHorizontalPodAutoscaler),
  describer(flightRecordKind, describeFlightRecord),
  describer(jobKind, describeJob),
  describer(namespaceKind, async (namespace, description, { client, signal }) => {
    const here = { namespace: namespace.metadata.name, signal };
    const [quotas, limitRanges] = await Promise.all([client.of(resourceQuotaKind).list(here), client.of(limitRangeKind).list(here)]);
    describeNamespace(namespace, { quotas: quotas.items, limitRanges: limitRanges.items }, description);
  }),
  describer(nodeKind, async (node, description, { client, signal, nowMs }) => {
    const { name } = node.metadata;
    const pods = await client.of(podKind).list({ fieldSelector: `spec.nodeName=${name}`, signal });
    const lease = await client
      .of(leaseKind)
      .get({ namespace: "kube-node-lease", name }, { signal })
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    describeNode(node, { pods: pods.items, lease, nowMs }, description);
  }),
  describer(replicaSetKind, async (set, description, around) =>
    describeReplicaSet(set, await controlledObjects(set, podKind, around), description),
  ),
  describer(daemonSetKind, async (set, description, around) =>
    describeDaemonSet(set, await controlledObjects(set, podKind, around), description),
  ),
  describer(statefulSetKind, async (set, description, around) =>
    describeStatefulSet(set, await controlledObjects(set, podKind, around), description),
  ),
  describer(deploymentKind, async (deployment, description, around) =>
    describeDeployment(deployment, await controlledObjects(deployment, replicaSetKind, around), description),
  ),
];

/** Describes an object in the way of its kind, or field by field. */
export async function describeObject(item: KindObject, description: Description, around: Surroundings): Promise<void> {
  const found = describers.find(({ typeName }) => typeName === item.kind.typeName);
  if (found === undefined) describeGeneric(item, description);
  else await found.describe(item, description, around);
  deletionFields(item.object, item.kind.typeName === podKind.typeName, description);
}
