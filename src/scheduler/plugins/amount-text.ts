const units = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];

/** Which way an amount is rounded for people: up where it is needed, down where it is there. */
export type Rounding = "up" | "down";

/** An amount of a resource as people read it, as a Kubernetes quantity, exact to a hundredth: "500m", "120Mi", "3". */
export function amountText(resource: string, amount: number, rounding: Rounding): string {
  if (resource === "cpu") return amount % 1000 === 0 ? `${amount / 1000}` : `${amount}m`;
  if (resource !== "memory" && resource !== "ephemeral-storage") return `${amount}`;
  const round = rounding === "up" ? Math.ceil : Math.floor;
  let rest = amount;
  let unit = 0;
  // Whole numbers of the next unit, or so many of this one that a hundredth is no loss.
  while (unit < units.length - 1 && rest >= 1024 && (rest % 1024 === 0 || rest >= 102_400)) {
    rest = round(rest / 1024);
    unit++;
  }
  return `${rest}${units[unit]}`;
}
