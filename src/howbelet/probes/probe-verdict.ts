/** What its probes say of a container. */
export interface ProbeVerdict {
  readonly isStarted: boolean;
  readonly isReady: boolean;
  /** It is to be ended: the probe that says so, and the sentence for its user. */
  readonly fatal: { readonly probe: "liveness" | "startup"; readonly message: string } | undefined;
}
