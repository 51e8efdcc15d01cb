import { arch, platform } from "node:process";
import { ApiError } from "../../api/errors.js";
import { kindByName, kinds } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { explain, type FieldExplanation } from "../../api/schema/explain.js";
import type {
  DiscoveryService,
  ExplainedField,
  ExplainRequest,
  ExplainResponse,
  GetVersionResponse,
} from "../../gen/howbernetes/api/v1/discovery.js";
import type { Handlers } from "../../rpc/contracts.js";
import { apiResources } from "../discovery/api-resources.js";

/** Creates the service that says what this server offers; it tells every caller the same. `version` as "0.1.0". */
export function createDiscoveryService(version: string): Handlers<DiscoveryService> {
  return {
    listResources: async () => ({ resources: [...apiResources(kinds)] }),
    explain: async (request) => explainKind(request),
    getVersion: async () => serverVersion(version),
  };
}

function explainKind({ group, version, resource, path, recursive }: ExplainRequest): ExplainResponse {
  const kind = kindAsked(group, version, resource);
  const { name, type, fields, ...rest } = explain(kind, path, recursive);
  return {
    group: kind.group,
    version: kind.version,
    kind: kind.kind,
    field: name,
    type: type === "" ? "" : `<${type}>`,
    ...rest,
    fields: fields.map(explainedField),
  };
}

function kindAsked(group: string, version: string, resource: string): Kind {
  const kind = kindByName(group === "" ? resource : `${resource}.${group}`);
  if (kind !== undefined && (version === "" || version === kind.version)) return kind;
  throw new ApiError("NotFound", `the server doesn't have a resource type ${JSON.stringify(resource)}`);
}

function explainedField({ name, type, description, required, fields }: FieldExplanation): ExplainedField {
  return { name, type: `<${type}>`, description, required, fields: fields.map(explainedField) };
}

/** Node's names for processors, where they are not Go's. */
const goNames: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

function serverVersion(version: string): GetVersionResponse {
  return { gitVersion: `v${version}`, platform: `${platform}/${goNames[arch] ?? arch}`, nodeVersion: process.version };
}
