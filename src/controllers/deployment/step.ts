import type { Whole } from "../../api/object.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";

/** One thing to do for a Deployment. Each is a single write, refused when the ReplicaSet has changed meanwhile. */
export type Step =
  /** Make the ReplicaSet of the present template. */
  | { readonly kind: "create"; readonly replicas: number; readonly annotations: Readonly<Record<string, string>> }
  /** Set a ReplicaSet's number of replicas, which may be what it was, and the annotations that go with it. */
  | {
      readonly kind: "scale";
      readonly replicaSet: Whole<ReplicaSet>;
      readonly replicas: number;
      readonly annotations: Readonly<Record<string, string>>;
    }
  /** Bring what a ReplicaSet takes over from its Deployment up to date. */
  | {
      readonly kind: "sync";
      readonly replicaSet: Whole<ReplicaSet>;
      readonly annotations: Readonly<Record<string, string>>;
      readonly minReadySeconds: number;
    }
  /** Annotate the Deployment itself. */
  | { readonly kind: "annotate"; readonly annotations: Readonly<Record<string, string>> }
  /** Delete a ReplicaSet that history no longer keeps. */
  | { readonly kind: "delete"; readonly replicaSet: Whole<ReplicaSet> };
