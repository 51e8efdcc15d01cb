import type { ApiObject, WholeMeta } from "../object.js";
import { sameValue } from "./same-value.js";

/** An object past the wire with a spec. */
interface Specified extends ApiObject {
  metadata: WholeMeta;
  spec: unknown;
}

/** Sets the generation of a new object. */
export function startGeneration(draft: Pick<Specified, "metadata">): void {
  draft.metadata.generation = 1;
}

/** The previous generation, raised by one when the spec differs: what observedGeneration is measured against. */
export function raiseGeneration(draft: Specified, previous: Specified): void {
  const generation = previous.metadata.generation ?? 0;
  draft.metadata.generation = sameValue(draft.spec, previous.spec) ? generation : generation + 1;
}
