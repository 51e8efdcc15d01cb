import { CommandFailure } from "../usage-error.js";

/** Ends the command as a program in a container ended. @throws CommandFailure unless that was with 0 */
export function throwUnlessSucceeded(exitCode: number | undefined): void {
  if (exitCode === 0) return;
  if (exitCode === undefined) throw new CommandFailure("error: the program has ended, but its node cannot tell how");
  throw new CommandFailure(`command terminated with exit code ${exitCode}`, exitCode);
}
