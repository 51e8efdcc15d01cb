import type { PullProgress } from "../runtime/image-store.js";

/** Events tell of a pull's progress in steps of so much: a stream of events is no progress bar. */
const eventStepPercent = 25;

/** How far a pull is, for the status of the containers that wait for it: "Pulling 43% (120/280 MB)". */
export function pullText({ receivedBytes, totalBytes, extractedBytes }: PullProgress): string {
  if (totalBytes <= 0) return "Pulling";
  const isComplete = receivedBytes >= totalBytes;
  const doneBytes = isComplete ? extractedBytes : receivedBytes;
  return `${isComplete ? "Unpacking" : "Pulling"} ${percentOf(doneBytes, totalBytes)}% (${amounts(doneBytes, totalBytes)})`;
}

/** The step of progress that an Event would tell: 0, 25, 50 or 75. Unpacking is no such step. */
export function pullStep({ receivedBytes, totalBytes }: PullProgress): number {
  if (totalBytes <= 0 || receivedBytes >= totalBytes) return 0;
  return Math.floor(percentOf(receivedBytes, totalBytes) / eventStepPercent) * eventStepPercent;
}

/** 100 only when all is there. */
function percentOf(part: number, whole: number): number {
  return Math.floor((100 * part) / whole);
}

/** Both in the larger one's unit, with as many digits as tell something. */
function amounts(part: number, whole: number): string {
  const [unit, size] = whole >= 1e10 ? ["GB", 1e9] : whole >= 1e6 ? ["MB", 1e6] : ["kB", 1e3];
  const digits = whole / size < 10 ? 1 : 0;
  return `${(part / size).toFixed(digits)}/${(whole / size).toFixed(digits)} ${unit}`;
}
