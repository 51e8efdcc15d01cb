import { isApiError } from "../api/errors.js";
import { isAbort } from "../base/abort.js";
import { errorText } from "./error-text.js";
import { CommandFailure, isCommandFailure, isUsageError } from "./usage-error.js";

/** Collects what goes wrong with single objects, so that one does not keep the others from their turn. */
export class Failures {
  private readonly texts: string[] = [];

  /**
   * Does something with one object. An error about it is kept; one that concerns them all, as a lost connection, is thrown.
   *
   * @param doing as `error when creating "f.yaml"`
   */
  async attempt(work: () => Promise<void>, doing?: string): Promise<void> {
    try {
      await work();
    } catch (error: unknown) {
      if (!concernsOneObject(error)) throw error;
      this.add(error, doing);
    }
  }

  /** Keeps an error. */
  add(error: unknown, doing?: string): void {
    this.texts.push(errorText(error, doing));
  }

  /** What was kept, as it is to be printed. */
  lines(): readonly string[] {
    return this.texts;
  }

  get isEmpty(): boolean {
    return this.texts.length === 0;
  }

  /** @throws CommandFailure with all that was kept, if anything was */
  throwIfAny(exitCode = 1): void {
    if (!this.isEmpty) throw new CommandFailure(this.texts.join("\n"), exitCode);
  }
}

const wholesale: ReadonlySet<string> = new Set(["ServiceUnavailable", "Unauthorized", "Timeout"]);

/** Whether an error is about one object, and not about the connection that all need. */
export function concernsOneObject(error: unknown): boolean {
  if (isAbort(error)) return false;
  return isUsageError(error) || isCommandFailure(error) || (isApiError(error) && !wholesale.has(error.reason));
}
