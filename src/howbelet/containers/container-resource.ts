import { exactQuantity } from "../../api/values/quantity.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { ResourceFieldSelector } from "../../gen/howbernetes/core/v1/reference.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";

const nanosPerUnit = 1_000_000_000n;

/**
 * What a container requests or is limited to, in units of the divisor (1 unless it says otherwise), rounded up. Where
 * there is no limit, the limit is what the node has to give.
 */
export function containerResource(
  { resource = "", divisor }: ResourceFieldSelector,
  { resources }: Pick<Container, "resources">,
  allocatable: Readonly<Record<string, Quantity>>,
): string {
  const [, of = "", name = ""] = /^(limits|requests)\.(.*)$/s.exec(resource) ?? [];
  const amount = (of === "limits" ? resources?.limits : resources?.requests)?.[name];
  const own = exactQuantity(amount).nanos;
  const amountNanos = own === 0n && of === "limits" ? exactQuantity(allocatable[name]).nanos : own;
  const divisorNanos = exactQuantity(divisor).nanos || nanosPerUnit;
  return String((amountNanos + divisorNanos - 1n) / divisorNanos);
}
