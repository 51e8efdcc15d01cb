/** A volume, or what a container needs of volumes, cannot be had now. */
export type VolumeProblem =
  /** Something is still to be found out, or under way. */
  | { readonly state: "pending" }
  /** Something must change first; the message is fit for a pod's status. */
  | { readonly state: "failed"; readonly message: string };

export const pending: VolumeProblem = { state: "pending" };

export function failed(message: string): VolumeProblem {
  return { state: "failed", message };
}
