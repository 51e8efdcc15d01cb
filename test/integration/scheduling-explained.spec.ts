import { expect } from "chai";
import { makeWhole } from "../../src/api/codec/whole.js";
import { isNotFound, isUnavailable } from "../../src/api/errors.js";
import { namespaceKind } from "../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../src/api/kinds/node/kind.js";
import { placementRecordKind } from "../../src/api/kinds/placementrecord/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { RemoteApiClient } from "../../src/client/client.js";
import { type ExplainPlacementResponse, SchedulingService } from "../../src/gen/howbernetes/api/v1/scheduling.js";
import { startCluster } from "../../src/testing/start-cluster.js";
import type { TestCluster } from "../../src/testing/test-cluster.js";
import { eventually } from "../eventually.js";

describe("what the scheduler tells", function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  const scheduling = (client: RemoteApiClient = cluster.client) => client.raw(SchedulingService, "unary");
  const explain = (name: string): Promise<ExplainPlacementResponse> => scheduling().explainPlacement({ namespace: "default", name });
  const create = (name: string, spec: object = {}) =>
    cluster.client.of(podKind).create(
      makeWhole(podKind, {
        metadata: { namespace: "default", name },
        spec: { containers: [{ name: "main", image: "hollow" }], ...spec },
      }),
    );
  const asking = (cpu: string, spec: object = {}) => ({
    containers: [{ name: "main", image: "hollow", resources: { requests: { cpu: { string: cpu } } } }],
    ...spec,
  });
  const recordOf = async (name: string) =>
    await cluster.untilAll(placementRecordKind, "default", (records) => records.some(({ pod }) => pod?.name === name));

  describe("with a scheduler", () => {
    before(async () => {
      cluster = await startCluster({ nodes: 2, controllers: [] });
    });
    after(() => cluster.stop());

    it("is why a pod was placed where it is, from its record", async () => {
      await create("placed");
      await recordOf("placed");
      const { record, live } = await explain("placed");
      expect(live).to.equal(undefined);
      expect(record?.placement?.nodeName).to.match(/^node-[12]$/);
      expect([record?.placement?.nodeCount, record?.placement?.feasibleCount]).to.deep.equal([2, 2]);
      expect(record?.placement?.ranking.map(({ nodeName }) => nodeName)).to.include(record?.placement?.nodeName);
    });

    it("is why no node will do for a pod, as things are, and the smallest change that helps", async () => {
      await create("picky", { nodeSelector: { disk: "ssd" } });
      const { live } = await eventually(async () => {
        const answer = await explain("picky");
        expect(answer.live?.verdicts).to.have.length(2);
        return answer;
      });
      expect(live?.message).to.equal("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.");
      expect(live?.suggestions[0]?.text).to.equal("drop nodeSelector disk=ssd");
      expect(live?.suggestions[1]?.changes[0]?.command.slice(0, 2)).to.deep.equal(["label", "node"]);
    });
  });
});
