import type { LabelSelector } from "../../gen/howbernetes/meta/v1/values.js";

/** A label that all have whom a selector means, as "app=web": by which they are looked up. "" where there need not be one. */
export function landmarkOf(selector: LabelSelector | undefined): string {
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) return labelMark(key, value);
  const single = selector?.matchExpressions.find(({ operator, values }) => operator === "In" && values.length === 1);
  return single === undefined ? "" : labelMark(single.key ?? "", single.values[0] ?? "");
}

/** Calls for each of what may be the landmark of whoever means something with these labels, "" among them. */
export function forEachLandmark(labels: Readonly<Record<string, string>>, each: (landmark: string) => void): void {
  each("");
  for (const key of Object.keys(labels)) each(labelMark(key, labels[key] ?? ""));
}

const labelMark = (key: string, value: string): string => `${key}=${value}`;
