import type { Whole } from "../../api/object.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { AnnotationChange } from "./annotations.js";

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
      readonly annotations: AnnotationChange;
      readonly minReadySeconds: number;
      /** It is a ReplicaSet of before, to which a new rollout begins. */
      readonly returnsTo: boolean;
    }
  /** Note on a ReplicaSet what became of the rollout to it; with `tell`, record an Event of the Deployment, too. */
  | {
      readonly kind: "mark";
      readonly replicaSet: Whole<ReplicaSet>;
      readonly annotations: AnnotationChange;
      readonly tell?: { readonly reason: string; readonly message: string };
    }
  /** Annotate the Deployment itself. */
  | { readonly kind: "annotate"; readonly annotations: AnnotationChange }
  /** Give the Deployment the template of an earlier revision again; refused when it has changed since it was planned. */
  | {
      readonly kind: "rollback";
      readonly template: PodTemplateSpec;
      readonly annotations: AnnotationChange;
      readonly message: string;
    }
  /** Delete a ReplicaSet that history no longer keeps. */
  | { readonly kind: "delete"; readonly replicaSet: Whole<ReplicaSet> };
