/**
 * The messages of every kind and all that they are made of, as types: `Pod`, `PodSpec`, `Container` … The fields' comments
 * are in the .proto files, and `howbectl explain` prints them.
 */

export type * from "../gen/howbernetes/apps/v1/controller_revision.js";
export type * from "../gen/howbernetes/apps/v1/daemonset.js";
export type * from "../gen/howbernetes/apps/v1/deployment.js";
export type * from "../gen/howbernetes/apps/v1/replicaset.js";
export type * from "../gen/howbernetes/apps/v1/statefulset.js";
export type * from "../gen/howbernetes/autoscaling/v1/scale.js";
export type * from "../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
export type * from "../gen/howbernetes/autoscaling/v2/metric.js";
export type * from "../gen/howbernetes/batch/v1/cron_job.js";
export type * from "../gen/howbernetes/batch/v1/job.js";
export type * from "../gen/howbernetes/coordination/v1/lease.js";
export type * from "../gen/howbernetes/core/v1/binding.js";
export type * from "../gen/howbernetes/core/v1/config_map.js";
export type * from "../gen/howbernetes/core/v1/container.js";
export type * from "../gen/howbernetes/core/v1/event.js";
export type * from "../gen/howbernetes/core/v1/limit_range.js";
export type * from "../gen/howbernetes/core/v1/namespace.js";
export type * from "../gen/howbernetes/core/v1/node.js";
export type * from "../gen/howbernetes/core/v1/pod.js";
export type * from "../gen/howbernetes/core/v1/pod_log.js";
export type * from "../gen/howbernetes/core/v1/pod_status.js";
export type * from "../gen/howbernetes/core/v1/reference.js";
export type * from "../gen/howbernetes/core/v1/resource_quota.js";
export type * from "../gen/howbernetes/core/v1/scheduling.js";
export type * from "../gen/howbernetes/core/v1/secret.js";
export type * from "../gen/howbernetes/core/v1/service_account.js";
export type * from "../gen/howbernetes/core/v1/volume.js";
export type * from "../gen/howbernetes/meta/v1/meta.js";
// What ts-proto puts into every module alike; said once, it is no conflict.
export type { DeepPartial, MessageFns, protobufFileName, protobufPackage } from "../gen/howbernetes/meta/v1/meta.js";
export type * from "../gen/howbernetes/meta/v1/options.js";
export type * from "../gen/howbernetes/meta/v1/status.js";
export type * from "../gen/howbernetes/meta/v1/values.js";
export type * from "../gen/howbernetes/policy/v1/eviction.js";
export type * from "../gen/howbernetes/policy/v1/pod_disruption_budget.js";
export type * from "../gen/howbernetes/scheduling/v1/priority_class.js";
export type * from "../gen/howbernetes/scheduling/v1alpha3/workload.js";
