import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";

/**
 * Kubernetes quantities: a signed decimal number and a suffix, exact to a nano unit. A quantity is stored in canonical
 * form, as Kubernetes stores it: the largest suffix of the family it was written in that needs no fraction.
 */
type Family = "decimal" | "binary" | "exponent";

/** A quantity that has been read: to be added up many times. */
export interface ExactQuantity {
  readonly nanos: bigint;
  readonly family: Family;
}

/** A quantity as it was read from a text, and that text's canonical form. */
interface Reading extends ExactQuantity {
  readonly canonical: string;
}

const pattern = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d{1,3})?$/;
const nanosPerUnit = 1_000_000_000n;
const largestUnits = 2n ** 63n - 1n;
const decimalSuffixes: readonly (readonly [suffix: string, exponent: number])[] = [
  ["E", 18],
  ["P", 15],
  ["T", 12],
  ["G", 9],
  ["M", 6],
  ["k", 3],
  ["", 0],
  ["m", -3],
  ["u", -6],
  ["n", -9],
];
const binarySuffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

const divideUp = (value: bigint, divisor: bigint): bigint => (value + divisor - 1n) / divisor;

/** What was read last: thousands of pods ask for the same few amounts. */
const readings = new Map<string, Reading>();
/** When there are more, they are forgotten; longer texts are not kept. */
const [maxReadings, longestText] = [1_000, 32];

function parseExact(text: string): Reading | undefined {
  const known = readings.get(text);
  if (known !== undefined) return known;
  const exact = read(text);
  if (exact === undefined) return undefined;
  const reading = { ...exact, canonical: format(exact) };
  if (readings.size >= maxReadings) readings.clear();
  if (text.length <= longestText) readings.set(text, reading);
  return reading;
}

function read(text: string): ExactQuantity | undefined {
  const [, sign, digits = "", suffix = ""] = pattern.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const [whole = "", fraction = ""] = digits.split(".");
  const mantissa = BigInt(`${whole}${fraction}`);
  const binary = binarySuffixes.indexOf(suffix);
  let nanos: bigint;
  if (binary >= 0) {
    nanos = divideUp(mantissa * nanosPerUnit * 1024n ** BigInt(binary + 1), 10n ** BigInt(fraction.length));
  } else {
    const exponent = /^[eE][+-]?\d/.test(suffix) ? Number(suffix.slice(1)) : (decimalSuffixes.find(([name]) => name === suffix)?.[1] ?? 0);
    const shift = exponent + 9 - fraction.length;
    // Whatever is finer than a nano unit is rounded away from zero, and no exponent may cost unbounded memory.
    if (shift > 60) nanos = mantissa === 0n ? 0n : largestUnits * nanosPerUnit;
    else nanos = shift >= 0 ? mantissa * 10n ** BigInt(shift) : divideUp(mantissa, 10n ** BigInt(-shift));
  }
  const capped = nanos > largestUnits * nanosPerUnit ? largestUnits * nanosPerUnit : nanos;
  const family: Family = binary >= 0 ? "binary" : /^[eE][+-]?\d/.test(suffix) ? "exponent" : "decimal";
  return { nanos: sign === "-" ? -capped : capped, family };
}

function formatDecimal(nanos: bigint, suffixOf: (exponent: number) => string): string {
  if (nanos === 0n) return "0";
  for (const [, exponent] of decimalSuffixes) {
    const unit = 10n ** BigInt(exponent + 9);
    if (nanos % unit === 0n) return `${nanos / unit}${suffixOf(exponent)}`;
  }
  return `${nanos}n`;
}

const decimalSuffix = (exponent: number): string => decimalSuffixes.find(([, of]) => of === exponent)?.[0] ?? "";
const exponentSuffix = (exponent: number): string => (exponent === 0 ? "" : `e${exponent}`);

function formatBinary(nanos: bigint): string {
  const units = nanos / nanosPerUnit;
  const magnitude = units < 0n ? -units : units;
  if (nanos % nanosPerUnit !== 0n || magnitude < 1024n) return formatDecimal(nanos, decimalSuffix);
  for (let power = binarySuffixes.length; power > 0; power--) {
    const unit = 1024n ** BigInt(power);
    if (units % unit === 0n) return `${units / unit}${binarySuffixes[power - 1]}`;
  }
  return `${units}`;
}

/** Whether `text` is a quantity. */
export function isQuantity(text: string): boolean {
  return pattern.test(text);
}

/** The canonical form of a quantity ("0.5" → "500m", "1024Ki" → "1Mi"), or undefined when `text` is none. */
export function canonicalQuantity(text: string): string | undefined {
  return parseExact(text)?.canonical;
}

function format({ nanos, family }: ExactQuantity): string {
  if (family === "binary") return formatBinary(nanos);
  return formatDecimal(nanos, family === "exponent" ? exponentSuffix : decimalSuffix);
}

/** A quantity in whole and broken units, as "500m" → 0.5. @throws RangeError when `text` is none */
export function parseQuantity(text: string): number {
  const exact = parseExact(text);
  if (exact === undefined) throw new RangeError(`not a quantity: ${text}`);
  return unitsOf(exact);
}

const unitsOf = ({ nanos }: ExactQuantity): number => Number(nanos / nanosPerUnit) + Number(nanos % nanosPerUnit) / 1e9;

/** A stored quantity in units; 0 when absent, or when what is stored is none: whoever reads it for all must not end by one. */
export function quantityNumber(quantity: Quantity | undefined): number {
  return unitsOf(exactQuantity(quantity));
}

/** A stored quantity in thousandths of a unit (CPU: millicores), rounded up; 0 when absent. */
export function milliOf(quantity: Quantity | undefined): number {
  const exact = quantity?.string === undefined || quantity.string === "" ? undefined : parseExact(quantity.string);
  if (exact === undefined) return 0;
  return Number(exact.nanos > 0n ? divideUp(exact.nanos, 1_000_000n) : exact.nanos / 1_000_000n);
}

const nothing: ExactQuantity = { nanos: 0n, family: "decimal" };

/** Reads a stored quantity; what is absent is 0. */
export function exactQuantity(quantity: Quantity | undefined): ExactQuantity {
  return (quantity?.string === undefined ? undefined : parseExact(quantity.string)) ?? nothing;
}

/** Adds up stored quantities, exactly; what is absent is 0. The sum has the form of the first that is not 0. */
export class QuantitySum {
  private total: ExactQuantity = nothing;

  add(quantity: Quantity | undefined): void {
    this.addExact(exactQuantity(quantity));
  }

  addExact({ nanos, family }: ExactQuantity): void {
    this.total = { nanos: this.total.nanos + nanos, family: this.total.nanos === 0n ? family : this.total.family };
  }

  get quantity(): Quantity {
    return { string: format(this.total) };
  }
}

/** Negative when `a` is less than `b`, 0 when they are equal, however they are written; what is absent is 0. */
export function compareQuantities(a: Quantity | undefined, b: Quantity | undefined): number {
  const [left, right] = [exactQuantity(a).nanos, exactQuantity(b).nanos];
  return left < right ? -1 : left > right ? 1 : 0;
}
