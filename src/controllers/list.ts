import { createConfigRolloutController } from "./config-rollout/index.js";
import type { CreateController } from "./controller.js";
import { createCronJobController } from "./cronjob/index.js";
import { createDaemonSetController } from "./daemonset/index.js";
import { createDeploymentController } from "./deployment/index.js";
import { createDisruptionController } from "./disruption/index.js";
import { createGarbageCollector } from "./garbage-collector/index.js";
import { createHorizontalPodAutoscalerController } from "./horizontal-pod-autoscaler/index.js";
import { createJobController } from "./job/index.js";
import { createNamespaceController } from "./namespace/index.js";
import { createNodeLifecycleController } from "./node-lifecycle/index.js";
import { createPodGcController } from "./pod-gc/index.js";
import { createReplicaSetController } from "./replicaset/index.js";
import { createResourceQuotaController } from "./resourcequota/index.js";
import { createStatefulSetController } from "./statefulset/index.js";
import { createTaintEvictionController } from "./taint-eviction/index.js";
import { createTtlAfterFinishedController } from "./ttl-after-finished/index.js";

/** A controller, and the name under which its Events appear. */
export interface ListedController {
  readonly component: string;
  readonly create: CreateController;
}

/** Every controller there is. */
export const controllers: readonly ListedController[] = [
  { component: "deployment-controller", create: createDeploymentController },
  { component: "config-rollout-controller", create: createConfigRolloutController },
  { component: "replicaset-controller", create: createReplicaSetController },
  { component: "cronjob-controller", create: createCronJobController },
  { component: "job-controller", create: createJobController },
  { component: "daemonset-controller", create: createDaemonSetController },
  { component: "statefulset-controller", create: createStatefulSetController },
  { component: "horizontal-pod-autoscaler", create: createHorizontalPodAutoscalerController },
  { component: "garbage-collector-controller", create: createGarbageCollector },
  { component: "namespace-controller", create: createNamespaceController },
  { component: "node-controller", create: createNodeLifecycleController },
  { component: "taint-eviction-controller", create: createTaintEvictionController },
  { component: "pod-garbage-collector", create: createPodGcController },
  { component: "ttl-after-finished-controller", create: createTtlAfterFinishedController },
  { component: "disruption-controller", create: createDisruptionController },
  { component: "resourcequota-controller", create: createResourceQuotaController },
];
