import { type Deployment, DeploymentStrategy, RollingUpdateDeployment } from "../../../gen/howbernetes/apps/v1/deployment.js";
import type { Whole } from "../../object.js";
import { intOrString } from "../../values/int-or-string.js";
import { applyTemplateDefaults } from "../pod/template.js";

const defaultRevisionHistory = 10;
const defaultProgressSeconds = 600;
const defaultSlack = "25%";

/** Fills in the defaults of a Deployment. */
export function applyDeploymentDefaults({ spec }: Whole<Deployment>): void {
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= defaultRevisionHistory;
  spec.progressDeadlineSeconds ??= defaultProgressSeconds;
  spec.strategy ??= DeploymentStrategy.fromPartial({});
  applyStrategyDefaults(spec.strategy);
  applyTemplateDefaults(spec);
}

function applyStrategyDefaults(strategy: DeploymentStrategy): void {
  strategy.type ||= "RollingUpdate";
  if (strategy.type !== "RollingUpdate") return;
  strategy.rollingUpdate ??= RollingUpdateDeployment.fromPartial({});
  strategy.rollingUpdate.maxUnavailable ??= intOrString(defaultSlack);
  strategy.rollingUpdate.maxSurge ??= intOrString(defaultSlack);
}
