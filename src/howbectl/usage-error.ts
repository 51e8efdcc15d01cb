/** The command was called wrongly: printed as one line `error: …`, with an optional hint under it; exit code 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/**
 * Something was asked for that did not come about (a timeout, an item that failed): the message is printed as it is,
 * after everything that was printed before.
 */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";

  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

export const isUsageError = (error: unknown): error is UsageError => error instanceof UsageError;
export const isCommandFailure = (error: unknown): error is CommandFailure => error instanceof CommandFailure;
