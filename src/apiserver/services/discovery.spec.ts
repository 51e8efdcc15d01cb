import { expect } from "chai";
import { isNotFound } from "../../api/errors.js";
import { kinds } from "../../api/kinds/index.js";
import { ExplainRequest } from "../../gen/howbernetes/api/v1/discovery.js";
import type { CallContext } from "../../rpc/contracts.js";
import { createDiscoveryService } from "./discovery.js";

describe("the Discovery service", () => {
  const service = createDiscoveryService("1.2.3");
  const call = {} as CallContext;
  const explain = (request: Partial<ExplainRequest>) => service.explain(ExplainRequest.fromPartial(request), call);

  it("lists every kind, ordered by group, version and name", async () => {
    const { resources } = await service.listResources({}, call);

    expect(resources).to.have.length(kinds.length);
    const names = resources.map(({ group, version, name }) => `${group}/${version}/${name}`);
    expect(names).to.deep.equal([...names].sort());
    expect(resources.find(({ name }) => name === "pods")).to.deep.include({
      group: "",
      version: "v1",
      singularName: "pod",
      kind: "Pod",
      namespaced: true,
      shortNames: ["po"],
      categories: ["all"],
      verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    });
  });

  const subresources: readonly (readonly [string, readonly string[]])[] = [
    ["pods", ["binding", "ephemeralcontainers", "eviction", "log", "status"]],
    ["deployments", ["scale", "status"]],
    ["namespaces", ["finalize", "status"]],
    ["events", []],
  ];
  for (const [resource, expected] of subresources) {
    it(`knows the subresources of ${resource}`, async () => {
      const { resources } = await service.listResources({}, call);
      expect(resources.find(({ name }) => name === resource)?.subresources).to.include.members(expected);
      if (expected.length === 0) expect(resources.find(({ name }) => name === resource)?.subresources).to.deep.equal([]);
    });
  }

  for (const request of [
    { resource: "deploy" },
    { resource: "Deployment", group: "apps" },
    { resource: "deployments", group: "apps", version: "v1" },
    { resource: "deployments", version: "v1" },
  ]) {
    it(`explains what ${JSON.stringify(request)} means`, async () => {
      const answer = await explain({ ...request, path: ["spec", "template"] });
      expect(answer).to.include({ group: "apps", version: "v1", kind: "Deployment", field: "template", type: "<PodTemplateSpec>" });
    });
  }

  for (const request of [{ resource: "nosuch" }, { resource: "pods", group: "apps" }, { resource: "pods", version: "v2" }]) {
    it(`does not know ${JSON.stringify(request)}`, async () => {
      expect(await explain(request).catch((error: unknown) => error)).to.satisfy(isNotFound);
    });
  }

  it("tells its version and platform in Kubernetes' form", async () => {
    const version = await service.getVersion({}, call);
    expect(version.gitVersion).to.equal("v1.2.3");
    expect(version.platform).to.match(/^[a-z0-9]+\/[a-z0-9]+$/);
    expect(version.nodeVersion).to.equal(process.version);
  });
});
