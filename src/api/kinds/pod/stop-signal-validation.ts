import type { PodOS } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, unsupported } from "../../validation/field-error.js";

const plain =
  "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ";

/** Those that follow the first, and those that come before the last. */
const realTime = [
  "RTMIN",
  ...Array.from({ length: 15 }, (_, index) => `RTMIN+${index + 1}`),
  "RTMAX",
  ...Array.from({ length: 14 }, (_, index) => `RTMAX-${index + 1}`),
];

/** In Kubernetes' order, that of their names. */
const linuxSignals: readonly string[] = [...plain.split(" "), ...realTime].map((name) => `SIG${name}`).toSorted();
const windowsSignals: readonly string[] = ["SIGKILL", "SIGTERM"];

/** Every error of what a container is asked to end by: which signals there are depends on the system. */
export function validateStopSignal(signal: string, os: PodOS | undefined, path: string): FieldError[] {
  if (!os?.name) return [forbiddenField(path, "may not be set for containers with empty `spec.os.name`")];
  const signals = os.name === "windows" ? windowsSignals : linuxSignals;
  return signals.includes(signal) ? [] : [unsupported(path, signal, signals)];
}
