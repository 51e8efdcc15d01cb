import { expect } from "chai";
import { eventually } from "../../../test/eventually.js";
import { failureOf, NodesOverRpc, openReport, podOn, podReport } from "../../../test/fakes/nodes-over-rpc.js";
import { Outbox } from "../../../test/fakes/outbox.js";
import { isUnavailable } from "../../api/errors.js";
import type { RemoteApiClient } from "../../client/client.js";
import { NodesService, type OpenSessionRequest } from "../../gen/howbernetes/api/v1/nodes.js";
import { LogsRequest, PodsService } from "../../gen/howbernetes/api/v1/pods.js";

const logged = (text: string): OpenSessionRequest => ({
  message: { $case: "output", value: { message: { $case: "data", value: Buffer.from(text) } } },
});

describe("the Pods service: Logs", () => {
  let api: NodesOverRpc;
  let admin: RemoteApiClient;

  before(async () => {
    api = await NodesOverRpc.start();
    admin = await api.adminClient();
  });
  after(() => api.stop());

  const running = { phase: "Running", containerStatuses: [{ name: "c", state: { running: {} } }] };
  const read = async (name: string): Promise<string> => {
    const parts: Buffer[] = [];
    const request = LogsRequest.fromPartial({ namespace: "default", name });
    for await (const { data } of admin.raw(PodsService, "bulk").logs(request)) parts.push(data);
    return Buffer.concat(parts).toString();
  };

  it("streams from the node that the pod is on", async () => {
    const client = await api.nodeClient("log");
    const node = await openReport("log", client);
    const pod = await podOn(admin, "log", "chatty");
    node.send(podReport(pod, running));
    await node.receive();

    const stop = new AbortController();
    const tunnel = new Outbox<{ nodeName: string }>();
    tunnel.send({ nodeName: "log" });
    const orders = client.raw(NodesService, "watch").tunnel(tunnel, { signal: stop.signal })[Symbol.asyncIterator]();
    const ordered = orders.next();
    let text: Promise<string> | undefined;
    // The tunnel's opening is not acknowledged: until it has arrived the node counts as not connected.
    const order = await Promise.race([
      ordered,
      eventually(async () => {
        text = read("chatty");
        const failure = await Promise.race([failureOf(text), ordered]);
        expect(failure).not.to.satisfy(isUnavailable);
      }).then(() => ordered),
    ]);
    if (order.done === true) throw new Error("the tunnel ended");
    expect(order.value.session?.value).to.include({ podName: "chatty", podUid: pod.metadata.uid });

    const output = new Outbox<OpenSessionRequest>();
    output.send({ message: { $case: "sessionId", value: order.value.sessionId } });
    for (const part of ["hello ", "world\n"]) output.send(logged(part));
    output.end();
    for await (const _input of client.raw(NodesService, "bulk").openSession(output, { signal: stop.signal }));

    expect(await text).to.equal("hello world\n");
    stop.abort();
    node.stop.abort();
  });

  it("says when the node is not connected", async () => {
    const node = await openReport("far", await api.nodeClient("far"));
    node.send(podReport(await podOn(admin, "far", "silent"), running));
    await node.receive();
    expect(await failureOf(read("silent")))
      .to.satisfy(isUnavailable)
      .and.have.property("message", 'node "far" is not connected');
    node.stop.abort();
  });

  it("says in Kubernetes' words that there is nothing to read yet", async () => {
    const node = await openReport("new", await api.nodeClient("new"));
    await podOn(admin, "new", "fresh");
    expect(await failureOf(read("fresh")))
      .to.have.property("message")
      .that.equals('container "c" in pod "fresh" is waiting to start: ContainerCreating');
    node.stop.abort();
  });
});
