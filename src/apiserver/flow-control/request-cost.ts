/** Objects that one seat's worth of a list goes through, as in Kubernetes. */
const objectsPerSeat = 100;
/** However long a list is, others must be able to run beside it. */
export const maxListSeats = 10;
/** A body is decoded, validated and encoded in one go: a megabyte of it takes as long as ten small ones. */
const bodyBytesPerSeat = 100 * 1024;

/** Seats of a list, or of a watch's beginning, that looks at so many objects. */
export function listSeats(objects: number): number {
  return Math.min(maxListSeats, Math.max(1, Math.ceil(objects / objectsPerSeat)));
}

/** Seats of a write with a body of that size. Those that wait are bounded in seats, and by that in memory too. */
export function writeSeats(bodyBytes: number): number {
  return 1 + Math.floor(bodyBytes / bodyBytesPerSeat);
}
