import type { ApiObject, Whole } from "../../api/object.js";

type Verb = "create" | "delete";

/** What the Events say that tell on an owner what became of its pods. */
export interface PodEventWording {
  done(verb: Verb, podName: string, owner: Whole<ApiObject>): string;
  failed(verb: Verb, podName: string, owner: Whole<ApiObject>, why: string): string;
}

/** Kubernetes' words for most controllers. */
export const usualWording: PodEventWording = {
  done: (verb, podName) => `${verb === "create" ? "Created" : "Deleted"} pod: ${podName}`,
  failed: (verb, _podName, _owner, why) => `Error ${verb === "create" ? "creating" : "deleting"}: ${why}`,
};

/** Kubernetes' words for StatefulSets. */
export const statefulSetWording: PodEventWording = {
  done: (verb, podName, { metadata }) => `${verb} Pod ${podName} in StatefulSet ${metadata.name} successful`,
  failed: (verb, podName, { metadata }, why) => `${verb} Pod ${podName} in StatefulSet ${metadata.name} failed error: ${why}`,
};
