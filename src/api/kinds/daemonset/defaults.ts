import { type DaemonSet, DaemonSetUpdateStrategy, RollingUpdateDaemonSet } from "../../../gen/howbernetes/apps/v1/daemonset.js";
import type { Whole } from "../../object.js";
import { intOrString } from "../../values/int-or-string.js";
import { applyTemplateDefaults } from "../pod/template.js";

const defaultRevisionHistory = 10;

/** Fills in the defaults of a DaemonSet. */
export function applyDaemonSetDefaults({ spec }: Whole<DaemonSet>): void {
  spec.revisionHistoryLimit ??= defaultRevisionHistory;
  spec.updateStrategy ??= DaemonSetUpdateStrategy.fromPartial({});
  applyStrategyDefaults(spec.updateStrategy);
  applyTemplateDefaults(spec);
}

function applyStrategyDefaults(strategy: DaemonSetUpdateStrategy): void {
  strategy.type ||= "RollingUpdate";
  if (strategy.type !== "RollingUpdate") return;
  strategy.rollingUpdate ??= RollingUpdateDaemonSet.fromPartial({});
  strategy.rollingUpdate.maxUnavailable ??= intOrString(1);
  strategy.rollingUpdate.maxSurge ??= intOrString(0);
}
