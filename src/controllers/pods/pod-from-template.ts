import { makeWhole } from "../../api/codec/whole.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Pod, PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { controllerReference } from "../ownership/owner-reference.js";

/** Leaves room for five characters in the 63 that a host name may have. */
const maxPrefixLength = 58;

/**
 * A pod as its owner's template asks for, controlled by the owner and yet without a name: `metadata.generateName` is what
 * its name begins with. Of the template's metadata, as in Kubernetes, its name has no meaning.
 */
export function podFromTemplate<Owner extends ApiObject>(
  kind: Kind<Owner>,
  owner: Whole<Owner>,
  template: PodTemplateSpec | undefined,
): Whole<Pod> {
  const { labels = {}, annotations = {}, finalizers = [] } = template?.metadata ?? {};
  return makeWhole(podKind, {
    metadata: {
      generateName: `${owner.metadata.name}-`.slice(0, maxPrefixLength),
      namespace: owner.metadata.namespace,
      labels,
      annotations,
      finalizers,
      ownerReferences: [controllerReference(kind, owner)],
    },
    spec: template?.spec ?? {},
  });
}
