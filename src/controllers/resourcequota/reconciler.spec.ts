import { expect } from "chai";
import { configMap, pod, resourceQuota } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { resourceQuotaKind } from "../../api/kinds/resourcequota/kind.js";
import { formatAmounts } from "../../api/values/amounts.js";

describe("the status of a quota", () => {
  let api: FakeApi;
  let plane: ControlPlane;

  beforeEach(async () => {
    const clock = new FakeClock();
    api = new FakeApi(clock);
    plane = startControlPlane(clock, { api });
    await settle();
  });
  afterEach(() => plane.stop());

  const status = (): string => {
    const [quota] = api.objects(resourceQuotaKind);
    return `${formatAmounts(quota?.status.used ?? {})} of ${formatAmounts(quota?.status.hard ?? {})}`;
  };
  const born = <T extends { metadata: { resourceVersion: string } }>(object: T): T => {
    object.metadata.resourceVersion = "";
    return object;
  };
  const createQuota = async (): Promise<void> => {
    await api.of(resourceQuotaKind).create(born(resourceQuota({ hard: { pods: "5", configmaps: "2" } })));
    await settle();
  };

  it("says at once what there is", async () => {
    await api.of(configMapKind).create(born(configMap()));
    await createQuota();
    expect(status()).to.equal("configmaps=1,pods=0 of configmaps=2,pods=5");
  });

  it("follows what comes, ends and goes", async () => {
    await createQuota();
    for (const name of ["a", "b"]) await api.of(podKind).create(born(pod({ name, nodeName: "" })));
    await settle();
    expect(status()).to.contain("pods=2 of");
    await api.of(podKind).patch({ namespace: "default", name: "a" }, "merge", { status: { phase: "Failed" } }, { subresource: "status" });
    await settle();
    expect(status()).to.contain("pods=1 of");
    await api.of(podKind).delete({ namespace: "default", name: "b" });
    await settle();
    expect(status()).to.contain("pods=0 of");
  });

  it("follows what is limited", async () => {
    await createQuota();
    await api
      .of(resourceQuotaKind)
      .patch({ namespace: "default", name: "team" }, "merge", { spec: { hard: { pods: "7", configmaps: null } } });
    await settle();
    expect(status()).to.equal("pods=0 of pods=7");
  });

  it("is put right when somebody writes nonsense into it", async () => {
    await createQuota();
    const nonsense = { status: { used: { pods: "3" }, hard: { pods: "3" } } };
    await api.of(resourceQuotaKind).patch({ namespace: "default", name: "team" }, "merge", nonsense, { subresource: "status" });
    await settle();
    expect(status()).to.equal("configmaps=0,pods=0 of configmaps=2,pods=5");
  });
});
