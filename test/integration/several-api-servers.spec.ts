import { expect } from "chai";
import { isUnavailable } from "../../src/api/errors.js";
import { leaseKind } from "../../src/api/kinds/lease/kind.js";
import type { RemoteApiClient } from "../../src/client/client.js";
import { createPodStreams } from "../../src/client/pod-streams.js";
import { LogsRequest, PodsService } from "../../src/gen/howbernetes/api/v1/pods.js";
import { waitFor } from "../../src/testing/wait.js";
import { eventually } from "../eventually.js";
import { NetworkedCluster, runPod, told } from "../fakes/networked-cluster.js";

describe("several api-servers on one store", function () {
  this.timeout(60_000);
  let cluster: NetworkedCluster;
  let first: RemoteApiClient;

  before(async () => {
    cluster = await NetworkedCluster.create();
    const { client, address } = await cluster.startServer({ advertises: true });
    first = client;
    await cluster.startNode("n1", address);
    await runPod(first, "n1", "web");
  });
  after(() => cluster?.stop());

  const logOf = async (client: RemoteApiClient): Promise<string> => {
    const pieces: Buffer[] = [];
    const request = LogsRequest.fromPartial({ namespace: "default", name: "web" });
    for await (const { data } of client.raw(PodsService, "bulk").logs(request)) pieces.push(data);
    return Buffer.concat(pieces).toString();
  };

  it("each reach a node that was told of one, as long as they are announced", async () => {
    const second = await cluster.startServer({ advertises: true });
    // Until the node has heard of it and dialed, it counts as not connected.
    await eventually(async () => expect(await told(second.client, "web", ["tell"])).to.equal("tell"));

    expect(await logOf(second.client)).to.equal("from the log\n");
    expect(await told(first, "web", ["tell"])).to.equal("tell");
    expect(await logOf(first)).to.equal("from the log\n");
    const labelSelector = "apiserver.kubernetes.io/identity";
    expect((await first.of(leaseKind).list({ namespace: "kube-system", labelSelector })).items).to.have.length(2);

    const options = { command: ["wait"], stdin: true };
    const process = await createPodStreams(second.client).exec({ namespace: "default", name: "web" }, options);
    await second.server.stop();
    const broken = process.output[Symbol.asyncIterator]().next();
    expect(await broken.catch((error: unknown) => error)).to.satisfy(isUnavailable);
    await waitFor(
      first,
      leaseKind,
      { namespace: "kube-system" },
      (leases) => leases.filter(({ metadata }) => metadata.name.startsWith("apiserver-")).length === 1,
    );
    expect(await told(first, "web", ["tell"])).to.equal("tell");
  });
});
