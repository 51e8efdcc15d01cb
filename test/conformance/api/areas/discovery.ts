import { expect } from "chai";
import { kinds } from "../../../../src/api/kinds/index.js";
import { DiscoveryService, GetVersionRequest, ListResourcesRequest } from "../../../../src/gen/howbernetes/api/v1/discovery.js";
import type { ApiSubject } from "../api-subject.js";

/** Kubernetes' conformance areas "Discovery", "AggregatedDiscovery" and "server version". */
export function discovery(subject: () => ApiSubject): void {
  describe("discovery", () => {
    const service = () => subject().client.raw(DiscoveryService, "unary");
    const resources = async () => (await service().listResources(ListResourcesRequest.fromPartial({}))).resources;

    it("shows every kind in one answer, with what can be done to it", async () => {
      const found = await resources();

      expect(found.map(({ group, kind }) => `${group}/${kind}`)).to.have.members(kinds.map(({ group, kind }) => `${group}/${kind}`));
      for (const { name, singularName, version, verbs } of found) {
        expect(
          [name, singularName, version].every((word) => word !== ""),
          name,
        ).to.equal(true);
        expect(verbs, name).to.include.members(["create", "delete", "get", "list", "patch", "update", "watch"]);
      }
    });

    it("has one version of each group, that of its kinds", async () => {
      const versions = new Map<string, Set<string>>();
      for (const { group, version } of await resources()) versions.set(group, (versions.get(group) ?? new Set()).add(version));

      for (const [group, found] of versions) {
        expect([...found], group).to.deep.equal([kinds.find((kind) => kind.group === group)?.version]);
      }
    });

    it("tells the server's version", async () => {
      const { gitVersion } = await service().getVersion(GetVersionRequest.fromPartial({}));

      expect(gitVersion).to.match(/^v?\d+\.\d+\.\d+/);
    });
  });
}
