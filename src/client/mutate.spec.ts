import { expect } from "chai";
import { configMap, replicaSet } from "../../test/builders/index.js";
import { FakeApi } from "../../test/fakes/fake-api/fake-api.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { isAlreadyExists, isConflict, isInvalid, isNotFound } from "../api/errors.js";
import { configMapKind } from "../api/kinds/configmap/kind.js";
import { replicaSetKind } from "../api/kinds/replicaset/kind.js";
import type { Whole } from "../api/object.js";
import type { ReplicaSet } from "../gen/howbernetes/apps/v1/replicaset.js";
import type { ConfigMap } from "../gen/howbernetes/core/v1/config_map.js";
import { createOrMutate, mutate } from "./mutate.js";

const key = { namespace: "default", name: "counter" };

describe("mutate and createOrMutate", () => {
  let api: FakeApi;
  let verbs: string[];
  const client = () => api.of(configMapKind);
  const count = (): string | undefined => api.objects(configMapKind)[0]?.data.count;
  const increment = (draft: Whole<ConfigMap>): void => {
    draft.data = { count: String(Number(draft.data.count ?? "0") + 1) };
  };
  const fresh = (): Whole<ConfigMap> => configMap({ ...key, data: {}, resourceVersion: "" });
  /** Lets somebody else change the object before each of the next writes. */
  const disturb = (times: number): void => {
    let left = times;
    api.intercept({
      before: ({ verb }) => {
        if (verb === "update" && left-- > 0) {
          api.change(configMapKind, key, ({ metadata }) => {
            metadata.annotations = { disturbance: String(left) };
          });
        }
      },
    });
  };

  beforeEach(() => {
    api = new FakeApi(new FakeClock());
    verbs = [];
    api.intercept({ before: ({ verb }) => void verbs.push(verb) });
  });

  it("changes what is there", async () => {
    api.seed(configMapKind, configMap({ ...key, data: { count: "1" } }));

    expect((await mutate(client(), key, increment)).data).to.deep.equal({ count: "2" });
  });

  it("loses no write of many that come at once", async () => {
    await Promise.all(Array.from({ length: 8 }, () => createOrMutate(client(), fresh(), increment)));

    expect(count()).to.equal("8");
  });

  it("begins again, with what is there then, when another write came between", async () => {
    api.seed(configMapKind, configMap({ ...key, data: { count: "1" } }));
    disturb(2);
    const changed = await mutate(client(), key, increment);

    expect(changed.data).to.deep.equal({ count: "2" });
    expect(changed.metadata.annotations).to.deep.equal({ disturbance: "0" });
    expect(verbs).to.deep.equal(["get", "update", "get", "update", "get", "update"]);
  });

  it("gives up a fight that it always loses", async () => {
    api.seed(configMapKind, configMap({ ...key, data: { count: "1" } }));
    disturb(1_000);
    const error = await mutate(client(), key, increment).catch((thrown: unknown) => thrown);

    expect(isConflict(error)).to.equal(true);
    expect(verbs.filter((verb) => verb === "update")).to.have.length(10);
  });

  it("writes nothing when nothing is changed", async () => {
    api.seed(configMapKind, configMap({ ...key, data: { count: "1" } }));
    await mutate(client(), key, () => undefined);

    expect(verbs).to.deep.equal(["get"]);
  });

  it("does not try again what is refused, nor make what is absent", async () => {
    const absent = await mutate(client(), key, increment).catch((thrown: unknown) => thrown);
    expect(isNotFound(absent)).to.equal(true);
    api.seed(configMapKind, configMap({ ...key, data: { count: "1" } }));
    const refused = await mutate(client(), key, (draft) => {
      draft.data = { "not a key!": "" };
    }).catch((thrown: unknown) => thrown);

    expect(isInvalid(refused)).to.equal(true);
    expect(verbs).to.deep.equal(["get", "get", "update"]);
  });

  it("creates what is absent, as changed, and changes what somebody else creates meanwhile", async () => {
    let isFirst = true;
    api.intercept({
      before: ({ verb }) => {
        if (verb !== "create" || !isFirst) return;
        isFirst = false;
        api.seed(configMapKind, configMap({ ...key, data: { count: "41" } }));
      },
    });
    await createOrMutate(client(), fresh(), increment);
    expect(count()).to.equal("42");
    expect(verbs).to.deep.equal(["get", "create", "get", "update"]);

    api.remove(configMapKind, key);
    expect((await createOrMutate(client(), fresh(), increment)).data).to.deep.equal({ count: "1" });
  });

  it("does not go round for ever between an object that is there and one that is not", async () => {
    const never = Object.assign(Object.create(client()), {
      get: () => client().get({ ...key, name: "absent" }),
      create: () => client().create(fresh()),
    });
    api.seed(configMapKind, configMap({ ...key }));
    const error = await createOrMutate<ConfigMap>(never, fresh(), increment).catch((thrown: unknown) => thrown);

    expect(isAlreadyExists(error)).to.equal(true);
  });

  it("writes the status alone when asked to", async () => {
    api.seed(replicaSetKind, replicaSet({ name: "web", replicas: 3 }));
    const web = { namespace: "default", name: "web" };
    const change = (draft: Whole<ReplicaSet>): void => {
      draft.spec.replicas = 9;
      draft.status.replicas = 2;
    };
    const { spec, status } = await mutate(api.of(replicaSetKind), web, change, { subresource: "status" });

    expect([spec.replicas, status.replicas]).to.deep.equal([3, 2]);
  });
});
