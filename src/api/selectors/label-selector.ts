/** A compiled label selector. */
export interface LabelSelector {
  /** It selects everything. */
  readonly empty: boolean;
  matches(labels: Readonly<Record<string, string>>): boolean;
}
