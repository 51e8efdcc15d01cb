import { kindByResource } from "../../api/kinds/index.js";
import type { Metrics } from "../../base/metrics.js";
import type { ResourceType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import type { ResourcesDefinition } from "./resources.js";

interface AboutResource {
  readonly type: ResourceType | undefined;
}

/** The same handlers, their requests counted by verb and resource; what no kind serves is counted as "unknown". */
export function countRequests(handlers: Handlers<ResourcesDefinition>, metrics: Metrics): Handlers<ResourcesDefinition> {
  const requests = metrics.counter({
    name: "howbernetes_api_requests_total",
    help: "Requests begun, watches included, by verb and resource.",
    labels: ["verb", "resource"] as const,
  });
  const counted =
    <Request extends AboutResource, Answer>(verb: string, handle: (request: Request, call: CallContext) => Answer) =>
    (request: Request, call: CallContext): Answer => {
      requests.inc({ verb, resource: resourceOf(request) });
      return handle(request, call);
    };
  return {
    get: counted("get", handlers.get),
    list: counted("list", handlers.list),
    watch: counted("watch", handlers.watch),
    create: counted("create", handlers.create),
    update: counted("update", handlers.update),
    patch: counted("patch", handlers.patch),
    delete: counted("delete", handlers.delete),
    deleteCollection: counted("deletecollection", handlers.deleteCollection),
  };
}

// A label's values must be few, whatever callers send.
function resourceOf({ type }: AboutResource): string {
  return kindByResource(type?.group ?? "", type?.resource ?? "")?.plural ?? "unknown";
}
