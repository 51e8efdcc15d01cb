import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { type Amounts, largerAmounts, sumAmounts } from "../values/amounts.js";

/**
 * What a pod requests, or is limited to, by Kubernetes' rule: its containers and sidecars together, or the most that it
 * needs while it initialises if that is more; what the pod itself says instead of that; and its overhead.
 */
export function podAmounts(spec: PodSpec, side: "requests" | "limits"): Amounts {
  const of = ({ resources }: Container): Amounts => resources?.[side] ?? {};
  let sidecars: Amounts = {};
  let peak: Amounts = {};
  for (const container of spec.initContainers) {
    const amounts = sumAmounts([sidecars, of(container)]);
    peak = largerAmounts(peak, amounts);
    if (container.restartPolicy === "Always") sidecars = amounts;
  }
  const running = sumAmounts([sidecars, ...spec.containers.map(of)]);
  const total: Amounts = { ...largerAmounts(running, peak), ...spec.resources?.[side] };
  // What is not limited at all is not by what the sandbox takes either.
  const overhead = Object.entries(spec.overhead).filter(([name]) => side === "requests" || total[name] !== undefined);
  return sumAmounts([total, Object.fromEntries(overhead)]);
}
