import { isConflict, isNotFound } from "../../src/api/errors.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../src/api/object.js";
import type { ApiClient } from "../../src/client/contracts.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { pick } from "./seed.js";

/** Deletes one of a namespace's pods, another one when a controller was quicker. `before` is told each that is tried. */
export async function deleteAPod(
  client: ApiClient,
  namespace: string,
  random: () => number,
  before: (pod: Whole<Pod>) => void = () => undefined,
): Promise<void> {
  for (;;) {
    const { items } = await client.of(podKind).list({ namespace });
    const pod = pick(items, random);
    before(pod);
    try {
      await client.of(podKind).delete(keyOf(pod), { options: { preconditions: { uid: pod.metadata.uid } } });
      return;
    } catch (error: unknown) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}
