import { expect } from "chai";
import { failure } from "../../../test/fakes/failure.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import {
  CreateRequest,
  DeleteCollectionRequest,
  DeleteRequest,
  GetRequest,
  PatchRequest,
  PatchType,
} from "../../gen/howbernetes/api/v1/resources.js";
import type { Handlers } from "../../rpc/contracts.js";
import type { AuditRecord } from "../audit/audit-record.js";
import { auditResources } from "./audit-requests.js";
import type { ResourcesDefinition } from "./resources.js";

const pods = { group: "", version: "v1", resource: "pods" };
const json = (object: unknown) => ({ body: { $case: "json" as const, value: Buffer.from(JSON.stringify(object)) } });
const pod = (metadata: object) =>
  json({ metadata, spec: { containers: [{ name: "c", image: "busybox:1", env: [{ name: "A", value: "s3cret" }] }] } });

describe("auditResources", () => {
  let resources: ResourcesInProcess;
  let service: Handlers<ResourcesDefinition>;
  const records: AuditRecord[] = [];

  before(async () => {
    resources = await startResourcesInProcess();
    const audit = { record: (record: AuditRecord) => void records.push(record), close: async () => undefined };
    service = auditResources(resources.service, { audit, clock: { now: () => Date.UTC(2030, 0, 1), monotonicMs: () => 7 } });
  });

  beforeEach(() => {
    records.length = 0;
  });

  after(() => resources.stop());

  it("records who made what, with the name that the server gave it, and nothing of its content", async () => {
    await service.create(
      CreateRequest.fromPartial({ type: pods, namespace: "default", body: pod({ generateName: "web-" }) }),
      resources.call(),
    );

    const [record] = records;
    expect(record).to.deep.include({
      time: "2030-01-01T00:00:00.000Z",
      user: "admin",
      groups: ["system:masters"],
      verb: "create",
      group: "",
      resource: "pods",
      namespace: "default",
      subresource: "",
      code: 201,
      reason: "",
      latencyMs: 0,
      dryRun: false,
    });
    expect(record?.name).to.match(/^web-.{5}$/);
    expect(record?.uid).to.match(/^[0-9a-f-]{36}$/);
    expect(record?.resourceVersion).to.match(/^\d+$/);
    expect(JSON.stringify(records)).to.not.contain("s3cret");
  });

  it("records refusals, with the name that was sent", async () => {
    const request = CreateRequest.fromPartial({ type: pods, body: pod({ name: "web", namespace: "nowhere" }) });
    await failure(service.create(request, resources.call()));
    const stranger = resources.call({ caller: { name: "eve", groups: [] } });
    await failure(service.delete(DeleteRequest.fromPartial({ type: pods, namespace: "default", name: "web" }), stranger));

    expect(records.map(({ user, verb, namespace, name, code, reason }) => [user, verb, namespace, name, code, reason])).to.deep.equal([
      ["admin", "create", "nowhere", "web", 404, "NotFound"],
      ["eve", "delete", "default", "web", 403, "Forbidden"],
    ]);
  });

  it("records a body that cannot be read", async () => {
    const body = { body: { $case: "json" as const, value: Buffer.from("{") } };
    await failure(service.create(CreateRequest.fromPartial({ type: pods, namespace: "default", body }), resources.call()));

    expect(records[0]).to.include({ code: 400, reason: "BadRequest", name: "", uid: "" });
  });

  it("records dry runs as such, subresources by name, and collections", async () => {
    await service.create(
      CreateRequest.fromPartial({ type: pods, namespace: "default", body: pod({ name: "one" }), dryRun: true }),
      resources.call(),
    );
    await service.create(CreateRequest.fromPartial({ type: pods, namespace: "default", body: pod({ name: "two" }) }), resources.call());
    const patch = Buffer.from('{"status":{"phase":"Running"}}');
    const status = { type: pods, namespace: "default", name: "two", subresource: "status", patchType: PatchType.MERGE, patch };
    await service.patch(PatchRequest.fromPartial(status), resources.call());
    const dry = { options: { dryRun: ["All"] } };
    await service.delete(DeleteRequest.fromPartial({ type: pods, namespace: "default", name: "two", ...dry }), resources.call());
    await service.deleteCollection(DeleteCollectionRequest.fromPartial({ type: pods, namespace: "default" }), resources.call());

    expect(records.map(({ verb, name, subresource, dryRun, code }) => [verb, name, subresource, dryRun, code])).to.deep.equal([
      ["create", "one", "", true, 201],
      ["create", "two", "", false, 201],
      ["patch", "two", "status", false, 200],
      ["delete", "two", "", true, 200],
      ["deletecollection", "", "", false, 200],
    ]);
  });

  it("records no reads", async () => {
    await failure(service.get(GetRequest.fromPartial({ type: pods, namespace: "default", name: "none" }), resources.call()));

    expect(records).to.deep.equal([]);
  });
});
