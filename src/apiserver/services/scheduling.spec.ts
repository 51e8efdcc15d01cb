import { expect } from "chai";
import { pod } from "../../../test/builders/pod.js";
import { refusal } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { encodeObject } from "../../api/codec/encode.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isBadRequest, isForbidden, isNotFound } from "../../api/errors.js";
import { placementRecordKind } from "../../api/kinds/placementrecord/kind.js";
import { placementRecordName } from "../../api/kinds/placementrecord/record-name.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Caller } from "../../rpc/contracts.js";
import { storeKey } from "../../storage/keys.js";
import { SchedulerBroker } from "../scheduling/scheduler-broker.js";
import { createSchedulingService } from "./scheduling.js";

const ofNode: Caller = { name: "system:node:n1", groups: ["system:nodes"] };
const component: Caller = { name: "scheduler", groups: ["system:components"] };
const stranger: Caller = { name: "eve", groups: ["friends"] };
const ofToken: Caller = { name: "system:bootstrap:abcdef", groups: ["system:bootstrappers"] };

describe("the Scheduling service", () => {
  let api: ResourcesInProcess;

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  const service = () => createSchedulingService({ objects: api.objects, broker: new SchedulerBroker() });
  const explain = async (name: string, caller?: Caller) =>
    await service().explainPlacement({ namespace: "default", name }, api.call(caller === undefined ? {} : { caller }));

  async function recorded(name: string, uid: string): Promise<void> {
    const key = { namespace: "default", name: placementRecordName({ name, uid }) };
    const record = makeWhole(placementRecordKind, {
      metadata: key,
      pod: { kind: "Pod", namespace: "default", name, uid },
      placement: { nodeName: "n2", verdicts: [{ nodeName: "n3", obstacles: [] }] },
    });
    await api.store.create(storeKey(placementRecordKind, key), encodeObject(placementRecordKind, record));
  }

  it("tells of a pod that is gone what was recorded of it", async () => {
    await recorded("web", "u1");
    expect((await explain("web")).record?.placement?.nodeName).to.equal("n2");
    expect((await explain("web", component)).record?.placement?.nodeName).to.equal("n2");
    expect(await refusal(explain("other"))).to.satisfy(isNotFound);
  });

  for (const [who, caller] of Object.entries({ "a node": ofNode, "a stranger": stranger, "a join token": ofToken })) {
    it(`tells ${who} nothing of the pods that were there, nor of other nodes`, async () => {
      await recorded("web", "u1");
      expect(await refusal(explain("web", caller))).to.satisfy(isForbidden);
      expect(await refusal(explain("other", caller))).to.satisfy(isForbidden);
      expect(await refusal(service().assessRisk({ nodeName: "" }, api.call({ caller })))).to.satisfy(isForbidden);
      expect(await refusal(service().planRebalance({ thresholdPercent: 0, maxMoves: 0 }, api.call({ caller })))).to.satisfy(isForbidden);
    });
  }

  it("does not tell a node why its own pods are not elsewhere: that is about other nodes and their pods", async () => {
    const own = pod({ name: "own", namespace: "default", nodeName: "n1" });
    await api.store.create(storeKey(podKind, { namespace: "default", name: "own" }), encodeObject(podKind, own));
    await recorded("own", own.metadata.uid);
    expect((await explain("own")).record?.placement?.nodeName).to.equal("n2");
    expect(await refusal(explain("own", ofNode))).to.satisfy(isForbidden);
  });

  it("refuses plans beyond what an answer may hold, and what is no number of moves", async () => {
    for (const [thresholdPercent, maxMoves] of [
      [101, 0],
      [-1, 0],
      [0, -1],
      [0, 1_001],
    ] as const) {
      expect(await refusal(service().planRebalance({ thresholdPercent, maxMoves }, api.call())), `${maxMoves}`).to.satisfy(isBadRequest);
    }
  });

  it("lets nobody but components answer", async () => {
    for (const caller of [ofNode, stranger, ofToken]) {
      const stream = service().answer((async function* () {})(), api.call({ caller }));
      expect(await refusal((async () => void (await stream[Symbol.asyncIterator]().next()))())).to.satisfy(isForbidden);
    }
  });
});
