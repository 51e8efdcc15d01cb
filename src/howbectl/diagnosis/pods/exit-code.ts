import { constants } from "node:os";
import type { ContainerStateTerminated } from "../../../gen/howbernetes/core/v1/pod_status.js";

/** What codes below 128 mean by the shells' convention. */
const meanings: Readonly<Record<number, string>> = {
  0: "the program said that all went well",
  1: "the program failed",
  2: "the program failed, or was called wrongly",
  126: "the program cannot be executed",
  127: "there is no such program",
};

/** What the names of signals mean, of those that end programs. */
const signalMeanings: Readonly<Record<string, string>> = {
  SIGABRT: "it gave up by itself",
  SIGBUS: "it reached beyond a file or its memory",
  SIGFPE: "it divided by zero",
  SIGILL: "it is made for another processor",
  SIGINT: "it was interrupted",
  SIGKILL: "it was killed",
  SIGSEGV: "it reached beyond its memory",
  SIGTERM: "it was asked to end",
};

/** "exit code 137 (SIGKILL: it was killed)". */
export function exitText({ exitCode = 0, signal = 0 }: Pick<ContainerStateTerminated, "exitCode" | "signal">): string {
  const number = signal > 0 ? signal : exitCode > 128 ? exitCode - 128 : 0;
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  if (name === undefined) return `exit code ${exitCode}${meanings[exitCode] === undefined ? "" : ` (${meanings[exitCode]})`}`;
  const meaning = signalMeanings[name];
  return `exit code ${exitCode} (${name}${meaning === undefined ? "" : `: ${meaning}`})`;
}
