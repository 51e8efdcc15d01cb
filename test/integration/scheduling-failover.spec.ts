import { expect } from "chai";
import { isForbidden, isUnavailable } from "../../src/api/errors.js";
import { nodeKind } from "../../src/api/kinds/node/kind.js";
import { placementRecordKind } from "../../src/api/kinds/placementrecord/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { RemoteApiClient } from "../../src/client/client.js";
import { type ExplainPlacementResponse, SchedulingService } from "../../src/gen/howbernetes/api/v1/scheduling.js";
import { waitFor } from "../../src/testing/wait.js";
import { node, pod } from "../builders/index.js";
import { eventually } from "../eventually.js";
import { NetworkedCluster } from "../fakes/networked-cluster.js";

describe("asking for the scheduler that leads", function () {
  this.timeout(90_000);
  let cluster: NetworkedCluster;
  let first: { readonly client: RemoteApiClient; readonly address: string };

  const explain = (client: RemoteApiClient, name: string): Promise<ExplainPlacementResponse> =>
    client.raw(SchedulingService, "unary").explainPlacement({ namespace: "default", name });
  const failure = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => undefined,
      (error: unknown) => error,
    );
  const create = async (name: string, nodeSelector: Readonly<Record<string, string>>): Promise<void> => {
    const { metadata, spec } = pod({ name, nodeName: "", uid: "", resourceVersion: "", nodeSelector });
    await eventually(() => first.client.of(podKind).create({ metadata, spec, status: undefined }));
  };
  const live = async (client: RemoteApiClient, name: string): Promise<string> =>
    await eventually(async () => {
      const answer = await explain(client, name);
      if (answer.live === undefined) throw new Error(answer.liveProblem);
      return answer.live.message ?? "";
    });

  before(async () => {
    cluster = await NetworkedCluster.create();
    first = await cluster.startServer({ advertises: true });
    const { metadata, spec, status } = node({ name: "n1", uid: "", resourceVersion: "" });
    await first.client.of(nodeKind).create({ metadata, spec, status });
    await create("waits", { disk: "ssd" });
  });
  after(() => cluster?.stop());

  it("says so while there is none", async () => {
    const error = await failure(explain(first.client, "waits"));
    expect(isUnavailable(error)).to.equal(true);
    expect((error as Error).message).to.contain("no scheduler is connected to this api-server");
    expect(isUnavailable(await failure(first.client.raw(SchedulingService, "unary").assessRisk({ nodeName: "" })))).to.equal(true);
  });

  it("is answered by whichever api-server is asked, and by the next leader when one has gone", async () => {
    const stopOne = await cluster.startScheduler("one", first.address);
    const second = await cluster.startServer({ advertises: true });
    const sentence = /^0\/1 nodes are available: 1 node\(s\) /;
    expect(await live(first.client, "waits")).to.match(sentence);
    // It was told of the first alone, and has heard of this one.
    expect(await live(second.client, "waits")).to.match(sentence);
    await waitFor(first.client, placementRecordKind, { namespace: "default" }, (records) => records.length === 1);

    await stopOne();
    const between = await explain(first.client, "waits");
    expect(between.live).to.equal(undefined);
    expect(between.liveProblem).to.contain("no scheduler is connected");
    expect(between.record?.placement?.message).to.match(sentence);

    await cluster.startScheduler("two", first.address);
    expect(await live(first.client, "waits")).to.match(sentence);
    expect(await live(second.client, "waits")).to.match(sentence);
    // The record of before is still there, and is the next leader's to write anew.
    const { record } = await explain(second.client, "waits");
    expect(record?.pod?.name).to.equal("waits");
  });

  it("is for those who may read pods, and is answered by components alone", async () => {
    const n1 = await cluster.connectAs({ commonName: "system:node:n1", organizations: ["system:nodes"] }, first.address);
    expect(isForbidden(await failure(explain(n1, "waits")))).to.equal(true);
    const scheduling = n1.raw(SchedulingService, "unary");
    expect(isForbidden(await failure(scheduling.assessRisk({ nodeName: "" })))).to.equal(true);
    expect(isForbidden(await failure(scheduling.planRebalance({ thresholdPercent: 0, maxMoves: 0 })))).to.equal(true);
    async function* hello() {
      yield { message: { $case: "hello" as const, value: { term: 1_000_000 } } };
    }
    const answers = n1.raw(SchedulingService, "watch").answer(hello())[Symbol.asyncIterator]();
    expect(isForbidden(await failure(answers.next()))).to.equal(true);
  });
});
