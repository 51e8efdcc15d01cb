import { expect } from "chai";
import { container, place, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { isForbidden, isNotFound } from "../../api/errors.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { secretKind } from "../../api/kinds/secret/kind.js";
import {
  GetRequest,
  ListRequest,
  ListResponse,
  PatchRequest,
  PatchType,
  WatchRequest,
  WatchResponse,
} from "../../gen/howbernetes/api/v1/resources.js";

const n1 = { name: "system:node:n1", groups: ["system:nodes"] };
const n2 = { name: "system:node:n2", groups: ["system:nodes"] };

describe("what a node reads of configuration", () => {
  let api: ResourcesInProcess;
  const { create, remove, patch } = resourceCalls(() => api);
  type Config = typeof configMapKind | typeof secretKind;
  const podOn = (nodeName: string, name: string, fields: object) =>
    create(podKind, { metadata: { name }, spec: { nodeName, containers: [{ ...container, ...fields }] } });
  const envFrom = (name: string): object => ({ envFrom: [{ configMapRef: { name } }] });

  const get = (kind: Config, name: string, caller = n1) => api.service.get(GetRequest.fromPartial(place(kind, name)), api.call({ caller }));
  const list = async (kind: Config, name: string, caller = n1): Promise<number> => {
    const request = ListRequest.fromPartial({ type: typeOf(kind), namespace: "default", fieldSelector: `metadata.name=${name}` });
    return ListResponse.decode(await api.service.list(request, api.call({ caller }))).items.length;
  };
  const watch = async (kind: Config, fields: object, caller = n1): Promise<number> => {
    const request = WatchRequest.fromPartial({ type: typeOf(kind), namespace: "default", resourceVersion: "0", ...fields });
    for await (const message of api.service.watch(request, api.call({ caller }))) return WatchResponse.decode(message).events.length;
    return 0;
  };
  const isRefused = async (work: Promise<unknown>): Promise<boolean> => isForbidden(await refusal(work));

  beforeEach(async () => {
    api = await startResourcesInProcess();
    await create(configMapKind, { metadata: { name: "app" }, data: { a: "1" } });
    await create(configMapKind, { metadata: { name: "other" }, data: { a: "1" } });
    await create(secretKind, { metadata: { name: "app" }, data: { a: "MQ==" } });
  });
  afterEach(() => api.stop());

  it("is what a pod bound to it names", async () => {
    await podOn("n1", "p", envFrom("app"));
    await get(configMapKind, "app");
    expect(await list(configMapKind, "app")).to.equal(1);
    expect(await watch(configMapKind, { fieldSelector: "metadata.name=app" })).to.equal(1);
  });

  it("is nothing that only pods of other nodes name, or pods without one", async () => {
    await podOn("n2", "p", envFrom("app"));
    await create(podKind, { metadata: { name: "unbound" }, spec: { containers: [{ ...container, ...envFrom("other") }] } });
    for (const name of ["app", "other"]) {
      expect(await isRefused(get(configMapKind, name))).to.equal(true);
      expect(await isRefused(list(configMapKind, name))).to.equal(true);
      expect(await isRefused(watch(configMapKind, { fieldSelector: `metadata.name=${name}` }))).to.equal(true);
    }
    await get(configMapKind, "app", n2);
  });

  it("is no object of another kind, name or namespace than the one named", async () => {
    await podOn("n1", "p", envFrom("app"));
    expect(await isRefused(get(secretKind, "app"))).to.equal(true);
    expect(await isRefused(get(configMapKind, "other"))).to.equal(true);
    expect(await isRefused(watch(configMapKind, { fieldSelector: "metadata.name=app", namespace: "kube-system" }))).to.equal(true);
    expect(await isRefused(watch(configMapKind, { fieldSelector: "metadata.name=app", namespace: "" }))).to.equal(true);
  });

  it("is never a whole collection", async () => {
    await podOn("n1", "p", envFrom("app"));
    for (const fieldSelector of ["", "metadata.name!=app", "metadata.namespace=default"])
      expect(await isRefused(watch(configMapKind, { fieldSelector }))).to.equal(true);
  });

  it("is not read any more once the pod is gone", async () => {
    await podOn("n1", "p", { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "app", key: "a" } } }] });
    await get(secretKind, "app");
    await remove(podKind, "p", { gracePeriodSeconds: 0 });
    expect(await isRefused(get(secretKind, "app"))).to.equal(true);
  });

  it("may be found absent, if a pod names it", async () => {
    await podOn("n1", "p", envFrom("coming"));
    expect(isNotFound(await refusal(get(configMapKind, "coming")))).to.equal(true);
    expect(await list(configMapKind, "coming")).to.equal(0);
    expect(await isRefused(get(configMapKind, "unheard-of"))).to.equal(true);
  });

  it("is decided by what the store has, though another api-server has just bound the pod", async () => {
    const another = await api.another();
    await podOn("n1", "p", envFrom("app"));
    const request = GetRequest.fromPartial(place(configMapKind, "app"));
    await another.service.get(request, another.call({ caller: n1 }));
    await another.stop();
  });

  it("is not written by it", async () => {
    await podOn("n1", "p", envFrom("app"));
    const body = Buffer.from(JSON.stringify({ data: { a: "2" } }));
    const request = PatchRequest.fromPartial({ ...place(configMapKind, "app"), patchType: PatchType.MERGE, patch: body });
    expect(await isRefused(api.service.patch(request, api.call({ caller: n1 })))).to.equal(true);
    expect((await patch(configMapKind, "app", {})).data).to.deep.equal({ a: "1" });
  });
});
