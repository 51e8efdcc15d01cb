/** Something that works until it is told to stop. */
export interface Runnable {
  /** For logs and errors, as "scheduler". */
  readonly name: string;
  /**
   * Works until `signal` fires, then stops what it started and resolves. Rejects when it cannot go on, which ends the
   * process. Called once.
   */
  run(signal: AbortSignal): Promise<void>;
}
