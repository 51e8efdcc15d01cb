import { ResourcesService as Definition, PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { Handlers } from "../../rpc/contracts.js";
import { type EncodedResponses, withEncodedResponses } from "../../rpc/encoded.js";
import { createAdmission } from "../admission/admission.js";
import { createAdmissionPlugins } from "../admission/plugins.js";
import { applyResource } from "./resources-apply.js";
import { createResource } from "./resources-create.js";
import { deleteResource } from "./resources-delete.js";
import { deleteCollection } from "./resources-delete-collection.js";
import type { ResourcesDeps } from "./resources-deps.js";
import { getResource, listResources, watchResources } from "./resources-read.js";
import { patchResource, updateResource } from "./resources-write.js";

/** The Resources service, whose List and Watch answer with messages that are encoded already. */
export type ResourcesDefinition = EncodedResponses<typeof Definition, "list" | "watch">;

/** The definition with which the service is registered. */
export const resourcesDefinition: ResourcesDefinition = withEncodedResponses(Definition, "list", "watch");

/** Creates the service that serves every kind; what its methods promise stands in resources.proto. */
export function createResourcesService(parts: Omit<ResourcesDeps, "admission">): Handlers<ResourcesDefinition> {
  const { objects, store, clock } = parts;
  const deps = { ...parts, admission: createAdmission(createAdmissionPlugins(), { objects, store, nowMs: () => clock.now() }) };
  return {
    get: (request, call) => getResource(deps, request, call),
    list: (request, call) => listResources(deps, request, call),
    watch: (request, call) => watchResources(deps, request, call),
    create: (request, call) => createResource(deps, request, call),
    update: (request, call) => updateResource(deps, request, call),
    patch: (request, call) => (request.patchType === PatchType.APPLY ? applyResource : patchResource)(deps, request, call),
    delete: (request, call) => deleteResource(deps, request, call),
    deleteCollection: (request, call) => deleteCollection(deps, request, call),
  };
}
