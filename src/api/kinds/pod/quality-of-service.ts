import type { PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import { isQuantity, quantityNumber } from "../../values/quantity.js";

/** How hard a pod is to push off its node (status.qosClass). */
export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";

const counted = ["cpu", "memory"] as const;

/** The class that follows from what the containers request and are limited to. */
export function qosClassOf({ containers, initContainers }: PodSpec): QosClass {
  const all = [...initContainers, ...containers].map(({ resources }) => resources);
  const asksNothing = all.every((resources) =>
    counted.every((name) => !isSet(resources?.requests[name]) && !isSet(resources?.limits[name])),
  );
  if (asksNothing) return "BestEffort";
  const isBounded = all.every((resources) =>
    counted.every((name) => {
      const limit = resources?.limits[name];
      const request = resources?.requests[name];
      return isSet(limit) && isSet(request) && quantityNumber(limit) === quantityNumber(request);
    }),
  );
  return isBounded ? "Guaranteed" : "Burstable";
}

/** What cannot be read is not set: it is refused later, in words. */
function isSet(quantity: Quantity | undefined): boolean {
  return isQuantity(quantity?.string ?? "") && quantityNumber(quantity) > 0;
}
