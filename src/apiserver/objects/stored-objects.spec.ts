import { expect } from "chai";
import { failure } from "../../../test/fakes/failure.js";
import { MemoryStore } from "../../../test/fakes/memory-store.js";
import { type ResourcesInProcess, startResourcesOver } from "../../../test/fakes/resources-in-process.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isUnavailable } from "../../api/errors.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { StoreUnavailableError } from "../../storage/errors.js";
import { prepareCreate } from "./prepare-create.js";

/** Makes writes, and may lose their answers. */
class ForgetfulStore extends MemoryStore {
  losesAnswers = false;

  override async update(...write: Parameters<MemoryStore["update"]>): ReturnType<MemoryStore["update"]> {
    const revision = await super.update(...write);
    if (this.losesAnswers) throw new StoreUnavailableError("the answer was lost");
    return revision;
  }
}

describe("ObjectStore.mutate", () => {
  const key = { namespace: "default", name: "settings" };
  let api: ResourcesInProcess<ForgetfulStore>;

  beforeEach(async () => {
    api = await startResourcesOver(new ForgetfulStore());
  });
  afterEach(() => api.stop());

  it("does not make a write again whose answer was lost, but says that nothing is known", async () => {
    const { signal } = api.call();
    const draft = makeWhole(configMapKind, { metadata: { name: key.name }, data: { count: "0" } });
    prepareCreate(configMapKind, draft, { namespace: key.namespace, uid: "uid", nowMs: 0 });
    const { revision } = await api.objects.create(configMapKind, draft, { signal });
    api.store.losesAnswers = true;
    const increment = ({ data }: typeof draft): true => {
      data.count = String(Number(data.count) + 1);
      return true;
    };

    const error = await failure(api.objects.mutate(configMapKind, key, increment, { signal, ifResourceVersion: String(revision) }));

    expect(isUnavailable(error), String(error)).to.equal(true);
    const { object } = await api.objects.get(configMapKind, key, { kind: "latest" }, signal);
    expect(object.data.count).to.equal("1");
  });

  it("does not count a patch twice whose answer was lost", async () => {
    const { signal } = api.call();
    const draft = makeWhole(configMapKind, { metadata: { name: key.name }, data: { log: "" } });
    prepareCreate(configMapKind, draft, { namespace: key.namespace, uid: "uid", nowMs: 0 });
    await api.objects.create(configMapKind, draft, { signal });
    await api.objects.get(configMapKind, key, { kind: "latest" }, signal);
    api.store.losesAnswers = true;
    const append = ({ data }: typeof draft): true => {
      data.log = `${data.log ?? ""}x`;
      return true;
    };

    await failure(api.objects.mutate(configMapKind, key, append, { signal }));

    const { object } = await api.objects.get(configMapKind, key, { kind: "latest" }, signal);
    expect(object.data.log).to.equal("x");
  });
});
