import { expect } from "chai";
import { podManifest, resourceCalls } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { resourceQuotaKind } from "../../api/kinds/resourcequota/kind.js";
import { quotaTurnKey } from "../../storage/keys.js";
import { sweepQuotaTurns } from "./quota-turn-sweep.js";

describe("sweepQuotaTurns", () => {
  let api: ResourcesInProcess;
  const { create } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  it("takes away what is of namespaces that are gone, and nothing else", async () => {
    await create(resourceQuotaKind, { metadata: { name: "team" }, spec: { hard: { pods: "2" } } });
    await create(podKind, podManifest("a"));
    const left = quotaTurnKey(podKind, "gone");
    await api.store.create(left, Buffer.from("x"));
    expect(await sweepQuotaTurns(api.objects, api.store, api.call().signal)).to.equal(1);
    expect((await api.store.get(left)).value).to.equal(undefined);
    expect((await api.store.get(quotaTurnKey(podKind, "default"))).value).not.to.equal(undefined);
    await create(podKind, podManifest("b"));
  });
});
