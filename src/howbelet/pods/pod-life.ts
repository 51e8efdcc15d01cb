/** Why a pod is ended as a whole, not to run again. */
export interface PodFailure {
  /** As "Evicted": becomes its status' reason. */
  readonly reason: string;
  readonly message: string;
  /** What its containers have to end; undefined is what the pod says. */
  readonly graceSeconds?: number | undefined;
  /** It is the node that needs what the pod has: told by the condition DisruptionTarget, so that a Job may not count it. */
  readonly isDisruption?: true | undefined;
}

/** What has become of a pod as a whole, beside what can be observed; outlives the agent. */
export interface PodLife {
  /** The node has taken the pod: from then on it is not refused any more. */
  readonly isAdmitted: boolean;
  /** The sandbox in which its init containers have done their work; "" before. */
  readonly initializedIn: string;
  readonly failure: PodFailure | undefined;
}

/** Of a pod that has just come. */
export const newLife: PodLife = { isAdmitted: false, initializedIn: "", failure: undefined };
