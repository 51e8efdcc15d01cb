import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { LabelSelector, MicroTime, Time } from "../../gen/howbernetes/meta/v1/values.js";
import type { ApiObject } from "../object.js";
import { formatLabelSelector } from "../selectors/label-selector.js";
import { formatAge } from "../values/age.js";
import { timeToMs } from "../values/time.js";
import type { Column } from "./kind.js";

/** What a cell shows where there is nothing to show. */
export const none = "<none>";

/** What a cell shows where the value is not known. */
export const unknown = "<unknown>";

/** How long ago `time` was, or `<unknown>`. */
export function ageCell(time: Time | MicroTime | undefined, nowMs: number): string {
  const ms = timeToMs(time);
  return ms === undefined || ms === 0 ? unknown : formatAge(nowMs - ms);
}

/** The NAME column. */
export const nameColumn: Column<ApiObject> = { name: "NAME", cell: ({ metadata }) => metadata.name };

/** The AGE column: time since creation. */
export const ageColumn: Column<ApiObject> = {
  name: "AGE",
  cell: ({ metadata }, nowMs) => ageCell(metadata.creationTimestamp, nowMs),
};

/** `a,b`, or `<none>`. */
export function listCell(values: readonly string[]): string {
  return values.length === 0 ? none : values.join(",");
}

/** The names of a template's containers. */
export function containerNamesCell(spec: PodSpec | undefined): string {
  return listCell((spec?.containers ?? []).map(({ name }) => name ?? ""));
}

/** The images of a template's containers. */
export function imagesCell(spec: PodSpec | undefined): string {
  return listCell((spec?.containers ?? []).map(({ image }) => image ?? ""));
}

/** A label selector in its string form. */
export function selectorCell(selector: LabelSelector | undefined): string {
  return formatLabelSelector(selector) || none;
}

/** `a=b,c=d`, by the keys' order, or `<none>`. */
export function labelsCell(labels: Readonly<Record<string, string>> | undefined): string {
  return listCell(
    Object.entries(labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
  );
}
