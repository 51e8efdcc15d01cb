import { expect } from "chai";
import { pod } from "../../test/builders/index.js";
import { at, key, ScriptedServers } from "../../test/fakes/scripted-servers.js";
import { packAny } from "../api/codec/any.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { type PatchRequest, PatchType, type UpdateRequest } from "../gen/howbernetes/api/v1/resources.js";

describe("what an ApiClient asks of its server", () => {
  let servers: ScriptedServers;
  const serve: ScriptedServers["serve"] = (...script) => servers.serve(...script);
  const connect: ScriptedServers["connect"] = (...options) => servers.connect(...options);

  before(async () => {
    servers = await ScriptedServers.create();
  });
  afterEach(() => servers.close());

  it("sends a leader's fence with every call of that client, and with no other", async () => {
    const fences: (string | undefined)[] = [];
    const [, address] = await serve({
      get: async (_request, call) => {
        fences.push(call.metadata.get("howbernetes-fence"));
        return { object: packAny(podKind, at(5)) };
      },
    });
    const client = await connect(address);

    await client.withMetadata({ "howbernetes-fence": "kube-system/scheduler:7" }).of(podKind).get(key);
    await client.of(podKind).get(key);

    expect(fences).to.deep.equal(["kube-system/scheduler:7", undefined]);
  });

  it("says what is written, and to which part", async () => {
    const updates: UpdateRequest[] = [];
    const patches: PatchRequest[] = [];
    const answer = { object: packAny(podKind, at(6)), warnings: [] };
    const [, address] = await serve({
      update: async (request) => {
        updates.push(request);
        return answer;
      },
      patch: async (request) => {
        patches.push(request);
        return answer;
      },
    });
    const pods = (await connect(address)).of(podKind);

    await pods.update(at(5), { dryRun: true });
    await pods.updateStatus(at(5));
    await pods.patch(key, "merge", { spec: { nodeName: "n2" } }, { subresource: "status" });
    await pods.apply(key, { spec: { nodeName: "n3" } }, { fieldManager: "me", force: true });

    expect(updates.map(({ subresource, dryRun, name, namespace }) => ({ subresource, dryRun, name, namespace }))).to.deep.equal([
      { subresource: "", dryRun: true, ...key },
      { subresource: "status", dryRun: false, ...key },
    ]);
    expect(patches[0]).to.include({ ...key, subresource: "status", patchType: PatchType.MERGE });
    expect(JSON.parse(String(patches[0]?.patch))).to.deep.equal({ spec: { nodeName: "n2" } });
    expect(patches[1]).to.include({ ...key, subresource: "", patchType: PatchType.APPLY, fieldManager: "me", force: true });
    expect(JSON.parse(String(patches[1]?.patch))).to.deep.equal({ apiVersion: "v1", kind: "Pod", spec: { nodeName: "n3" } });
  });

  it("says how fresh a read has to be", async () => {
    const asked: string[] = [];
    const [, address] = await serve({
      get: async ({ resourceVersion }) => {
        asked.push(`get ${resourceVersion}`);
        return { object: packAny(podKind, at(5)) };
      },
      list: async ({ resourceVersion, resourceVersionMatch, limit, continue: token }) => {
        asked.push(`list ${resourceVersion} ${resourceVersionMatch} ${limit} ${token}`);
        return { items: [], resourceVersion: "9", continue: token === "" ? "next" : "", remainingItemCount: undefined };
      },
    });
    const pods = (await connect(address)).of(podKind);

    await pods.get(key, { resourceVersion: "0" });
    await pods.list({ resourceVersion: "7" });
    await pods.list({ resourceVersion: "7", resourceVersionMatch: "Exact", pageSize: 2 });

    expect(asked).to.deep.equal(["get 0", "list 7 NotOlderThan 500 ", "list   500 next", "list 7 Exact 2 ", "list   2 next"]);
  });

  it("passes on what the server warns of", async () => {
    const warnings: string[] = [];
    const [, address] = await serve({ create: async () => ({ object: packAny(podKind, at(5)), warnings: ["not acted upon"] }) });
    const client = await connect(address, { onWarning: (warning) => warnings.push(warning) });

    await client.of(podKind).create(pod());

    expect(warnings).to.deep.equal(["not acted upon"]);
  });

  it("binds the very pod that was looked at", async () => {
    const bound: unknown[] = [];
    const [, address] = await serve({}, 0, async ({ binding }) => {
      bound.push({ uid: binding?.metadata?.uid, name: binding?.metadata?.name, node: binding?.target?.name });
      return { resourceVersion: "8" };
    });

    const result = await (await connect(address)).bind(pod({ name: "web", uid: "u1" }), "n1");

    expect(bound).to.deep.equal([{ uid: "u1", name: "web", node: "n1" }]);
    expect(result.resourceVersion).to.equal("8");
  });

  it("says whether a deletion is over", async () => {
    const [, address] = await serve({
      delete: async ({ options }) => ({ object: packAny(podKind, at(7)), deleted: options?.gracePeriodSeconds === 0, warnings: [] }),
    });
    const pods = (await connect(address)).of(podKind);

    expect((await pods.delete(key, { options: { gracePeriodSeconds: 0 } })).deleted).to.equal(true);
    expect((await pods.delete(key)).deleted).to.equal(false);
  });
});
