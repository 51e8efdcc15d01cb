import { expect } from "chai";
import { configMap, pod } from "../../test/builders/index.js";
import { FakeApi } from "../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { configMapKind } from "../api/kinds/configmap/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { InvariantError, invariant } from "../base/invariant.js";
import { createLog } from "../base/log.js";
import { createInformers, type InformerSet } from "./informer-set.js";

describe("createInformers", () => {
  let api: FakeApi;
  let lists: string[];
  let informers: InformerSet;
  let stop: AbortController;

  beforeEach(() => {
    const clock = new FakeClock();
    api = new FakeApi(clock);
    lists = [];
    api.intercept({
      before: ({ verb, kind, key }) => {
        if (verb === "list") lists.push(`${kind.plural} ${key.namespace}`.trim());
      },
    });
    informers = createInformers(api, { clock, log: createLog("test", "silent") });
    stop = new AbortController();
  });
  afterEach(() => stop.abort());

  it("keeps one cache for all who ask for the same, and another for another selection", async () => {
    const all = informers.of(podKind);
    expect(informers.of(podKind, { labelSelector: "" })).to.equal(all);
    expect(informers.of(podKind, { namespace: "other" })).to.not.equal(all);
    const running = informers.run(stop.signal);
    await informers.synced(stop.signal);

    expect(lists.sort()).to.deep.equal(["pods", "pods other"]);
    stop.abort();
    await running;
  });

  it("has everything when it is synced", async () => {
    api.seed(podKind, pod({ name: "web" }));
    api.seed(configMapKind, configMap({ name: "settings" }));
    const [pods, configMaps] = [informers.of(podKind), informers.of(configMapKind)];
    const running = informers.run(stop.signal);
    await informers.synced(stop.signal);

    expect([pods.list().length, configMaps.list().length]).to.deep.equal([1, 1]);
    stop.abort();
    await running;
  });

  it("starts at once what is asked for while it runs", async () => {
    api.seed(podKind, pod({ name: "web" }));
    const running = informers.run(stop.signal);
    const pods = informers.of(podKind);
    await informers.synced(stop.signal);

    expect(pods.list()).to.have.length(1);
    stop.abort();
    await running;
  });

  it("rejects when a handler finds an invariant broken, and ends the others", async () => {
    informers.of(podKind).addHandler({ added: () => invariant(false, "handler") });
    const configMaps = informers.of(configMapKind);
    const failed = informers.run(stop.signal).catch((error: unknown) => error);
    await settle();
    api.seed(podKind, pod({ name: "web" }));

    expect(await failed).to.be.instanceOf(InvariantError);
    api.seed(configMapKind, configMap({ name: "unseen" }));
    await settle();
    expect(configMaps.list()).to.have.length(0);
  });
});
