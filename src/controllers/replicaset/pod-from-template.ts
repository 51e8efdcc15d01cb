import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import type { Whole } from "../../api/object.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { controllerReference } from "../ownership/owner-reference.js";

/** A pod as the ReplicaSet's template asks for. Of the template's metadata, as in Kubernetes, its name has no meaning. */
export function podFromTemplate(replicaSet: Whole<ReplicaSet>, name: string): Whole<Pod> {
  const { template } = replicaSet.spec;
  const { labels = {}, annotations = {}, finalizers = [] } = template?.metadata ?? {};
  return makeWhole(podKind, {
    metadata: {
      name,
      generateName: podNamePrefix(replicaSet),
      namespace: replicaSet.metadata.namespace,
      labels,
      annotations,
      finalizers,
      ownerReferences: [controllerReference(replicaSetKind, replicaSet)],
    },
    spec: template?.spec ?? {},
  });
}

/** Leaves room for five characters in the 63 that a host name may have. */
export function podNamePrefix({ metadata }: Whole<ReplicaSet>): string {
  return `${metadata.name}-`.slice(0, 58);
}
