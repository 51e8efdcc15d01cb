/** How one check went. */
export interface ProbeResult {
  /** A warning is a success that its user should know of; of what is unknown nothing follows. */
  readonly outcome: "success" | "warning" | "failure" | "unknown";
  /** What the container answered, or what went wrong. */
  readonly message: string;
}

/** The check has been made, and the container is not well. */
export function failed(message: string): ProbeResult {
  return { outcome: "failure", message };
}

/** The check could not be made. */
export function unknown(message: string): ProbeResult {
  return { outcome: "unknown", message };
}
