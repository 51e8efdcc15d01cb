import { expect } from "chai";
import { isUnavailable } from "../../src/api/errors.js";
import type { RemoteApiClient } from "../../src/client/client.js";
import { createPodStreams, type PodProcess } from "../../src/client/pod-streams.js";
import { type CuttingProxy, startCuttingProxy } from "../conformance/storage/cutting-proxy.js";
import { eventually } from "../eventually.js";
import { NetworkedCluster, runPod, told } from "../fakes/networked-cluster.js";

describe("sessions whose node is cut off", function () {
  this.timeout(60_000);
  let cluster: NetworkedCluster;
  let client: RemoteApiClient;
  let proxy: CuttingProxy;
  const key = { namespace: "default", name: "web" };

  before(async () => {
    cluster = await NetworkedCluster.create();
    const server = await cluster.startServer({ advertises: false });
    client = server.client;
    proxy = await startCuttingProxy(server.address);
    await cluster.startNode("n1", proxy.endpoint);
    await runPod(client, "n1", "web");
  });
  after(async () => {
    await cluster?.stop();
    await proxy?.close();
  });

  const failureOf = async ({ output }: PodProcess): Promise<unknown> => {
    try {
      for await (const _piece of output);
      return undefined;
    } catch (error: unknown) {
      return error;
    }
  };

  it("break at once, all of them, and can be had anew when the node is back", async () => {
    const open = (): Promise<PodProcess> => createPodStreams(client).exec(key, { command: ["wait"], stdin: true });
    const processes = await Promise.all([open(), open(), open()]);
    const ends = processes.map(failureOf);
    proxy.refuse(true);
    proxy.cutAll();

    for (const end of await Promise.all(ends))
      expect(end).to.satisfy(isUnavailable).and.have.property("message", 'the connection to node "n1" was lost');
    await eventually(async () => {
      const refusal = await open().catch((error: unknown) => error);
      expect(refusal).to.have.property("message", 'node "n1" is not connected');
    });

    proxy.refuse(false);
    await eventually(async () => expect(await told(client, "web", ["back"])).to.equal("back"));
  });
});
