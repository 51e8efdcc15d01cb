import type { MicroTime, Time } from "../../gen/howbernetes/meta/v1/values.js";
import { canonicalQuantity } from "../values/quantity.js";
import { formatRfc3339, formatRfc3339Micro, parseRfc3339, parseRfc3339Micro } from "../values/time.js";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** How a message that is not an object in JSON is written there. */
export interface ValueCodec {
  /** The message, or undefined when `value` is not one. */
  parse(value: Json): unknown;
  format(message: never): Json;
  /** Completes "must be …". */
  readonly expected: string;
}

const isInt32 = (value: Json): value is number => typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 31;

const quantity: ValueCodec = {
  expected: "a quantity, as 100m or 1Gi",
  parse: (value) => {
    if (typeof value !== "string" && typeof value !== "number") return undefined;
    const canonical = canonicalQuantity(String(value));
    return canonical === undefined ? undefined : { string: canonical };
  },
  format: ({ string = "0" }: { string?: string }) => string,
};

const intOrString: ValueCodec = {
  expected: "an integer or a string",
  parse: (value) => {
    if (typeof value === "string") return { type: 1, intVal: 0, strVal: value };
    return isInt32(value) ? { type: 0, intVal: value, strVal: "" } : undefined;
  },
  format: ({ type, intVal = 0, strVal = "" }: { type?: number; intVal?: number; strVal?: string }) => (type === 1 ? strVal : intVal),
};

/** Kubernetes' zero time, which is no time at all. */
export function isZeroTime({ seconds = 0, nanos = 0 }: Time | MicroTime): boolean {
  return seconds === 0 && nanos === 0;
}

const time: ValueCodec = {
  expected: "a time, as 2026-01-02T03:04:05Z",
  parse: (value) => (typeof value === "string" ? parseRfc3339(value) : undefined),
  format: (value: Time) => (isZeroTime(value) ? null : formatRfc3339(value)),
};

const microTime: ValueCodec = {
  expected: "a time, as 2026-01-02T03:04:05.000006Z",
  parse: (value) => (typeof value === "string" ? parseRfc3339Micro(value) : undefined),
  format: (value: MicroTime) => (isZeroTime(value) ? null : formatRfc3339Micro(value)),
};

/** Holds any JSON, byte for byte as it is compact. */
const rawJson = (field: string): ValueCodec => ({
  expected: "JSON",
  parse: (value) => ({ [field]: Buffer.from(JSON.stringify(value)) }),
  format: (message: Record<string, Uint8Array | undefined>) => {
    const bytes = message[field];
    return bytes === undefined || bytes.length === 0 ? null : JSON.parse(Buffer.from(bytes).toString("utf8"));
  },
});

/** Messages that hold JSON as bytes. */
export const rawJsonMessages: ReadonlySet<string> = new Set(["howbernetes.meta.v1.FieldsV1", "howbernetes.meta.v1.RawExtension"]);

/** The messages that have a JSON form of their own, by full name. */
export const valueCodecs: ReadonlyMap<string, ValueCodec> = new Map([
  ["howbernetes.meta.v1.Quantity", quantity],
  ["howbernetes.meta.v1.IntOrString", intOrString],
  ["howbernetes.meta.v1.Time", time],
  ["howbernetes.meta.v1.MicroTime", microTime],
  ["howbernetes.meta.v1.FieldsV1", rawJson("Raw")],
  ["howbernetes.meta.v1.RawExtension", rawJson("raw")],
]);

/** Messages whose zero value is left out of JSON even where a struct is not: Kubernetes' `omitzero`. */
export const omittedWhenZero: ReadonlySet<string> = new Set(["howbernetes.meta.v1.Time", "howbernetes.meta.v1.MicroTime"]);
