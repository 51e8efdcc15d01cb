import type { Container, ContainerRestartRule } from "../../../gen/howbernetes/core/v1/container.js";

/** By which a container is started again, or not. */
export type RestartPolicy = "Always" | "OnFailure" | "Never";

/** When a container that has ended is started again. */
export interface Restarting {
  readonly policy: RestartPolicy;
  /** By exit code: the first that fits is stronger than the policy. */
  readonly rules: readonly ContainerRestartRule[];
  /** Its success is what comes next after it: then it is not started again, whatever a rule says. */
  readonly endsWithSuccess: boolean;
}

/** As an ephemeral container, which has its one run. */
export const neverRestarted: Restarting = { policy: "Never", rules: [], endsWithSuccess: true };

/** When an app container is: by what it says itself, or else its pod. */
export function appRestarting({ restartPolicy, restartPolicyRules: rules }: Container, podPolicy: string | undefined): Restarting {
  return { policy: policyOf(restartPolicy ?? podPolicy), rules, endsWithSuccess: false };
}

/** When an init container is; one that is to run always is a sidecar. */
export function initRestarting(container: Container, podPolicy: string | undefined): Restarting {
  const restarting = appRestarting(container, podPolicy);
  return container.restartPolicy === "Always" ? restarting : { ...restarting, endsWithSuccess: true };
}

function policyOf(text: string | undefined): RestartPolicy {
  return text === "Never" || text === "OnFailure" ? text : "Always";
}

/** Whether a container that ended so is started again. */
export function shouldRestart({ policy, rules, endsWithSuccess }: Restarting, exitCode: number): boolean {
  if (endsWithSuccess && exitCode === 0) return false;
  if (rules.find((rule) => fits(rule, exitCode))?.action === "Restart") return true;
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}

/** Whether there is any end after which it is started again: then it also is after one that the node has made. */
export function isRestartable({ policy, rules }: Restarting): boolean {
  return policy !== "Never" || rules.some(({ action }) => action === "Restart");
}

function fits({ exitCodes }: ContainerRestartRule, exitCode: number): boolean {
  if (exitCodes === undefined) return false;
  return exitCodes.values.includes(exitCode) === (exitCodes.operator === "In");
}
