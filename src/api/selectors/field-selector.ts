import type { ApiObject, Whole } from "../object.js";

/** A compiled field selector of one kind. */
export interface FieldSelector {
  /** It selects everything. */
  readonly empty: boolean;
  matches(object: Whole<ApiObject>): boolean;
  /** The value that the selector demands of `path` by equality, if it does: lets an index serve the request. */
  required(path: string): string | undefined;
}
