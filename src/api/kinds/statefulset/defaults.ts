import {
  RollingUpdateStatefulSetStrategy,
  type StatefulSet,
  StatefulSetPersistentVolumeClaimRetentionPolicy,
  StatefulSetUpdateStrategy,
} from "../../../gen/howbernetes/apps/v1/statefulset.js";
import type { Whole } from "../../object.js";
import { applyTemplateDefaults } from "../pod/template.js";

const defaultRevisionHistory = 10;

/** Fills in the defaults of a StatefulSet. */
export function applyStatefulSetDefaults({ spec }: Whole<StatefulSet>): void {
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= defaultRevisionHistory;
  spec.podManagementPolicy ||= "OrderedReady";
  spec.updateStrategy ??= StatefulSetUpdateStrategy.fromPartial({});
  applyStrategyDefaults(spec.updateStrategy);
  spec.persistentVolumeClaimRetentionPolicy ??= StatefulSetPersistentVolumeClaimRetentionPolicy.fromPartial({});
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= "Retain";
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= "Retain";
  applyTemplateDefaults(spec);
}

function applyStrategyDefaults(strategy: StatefulSetUpdateStrategy): void {
  strategy.type ||= "RollingUpdate";
  if (strategy.type !== "RollingUpdate") return;
  strategy.rollingUpdate ??= RollingUpdateStatefulSetStrategy.fromPartial({});
  strategy.rollingUpdate.partition ??= 0;
}
