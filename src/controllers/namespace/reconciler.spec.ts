import { expect } from "chai";
import { configMap, namespace, pod, replicaSet } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { FakeNodes } from "../../../test/fakes/fake-api/fake-nodes.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { forbidden } from "../../api/errors.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";

const team = { namespace: "", name: "team" };

describe("the namespace controller", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let plane: ControlPlane | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
  });
  afterEach(async () => {
    await plane?.stop();
    plane = undefined;
  });

  const start = async (): Promise<void> => {
    plane = startControlPlane(clock, { api, scheduler: true });
    await settle();
  };
  const later = async (): Promise<void> => {
    await clock.advance(10_000);
    await settle();
  };
  const namespaces = (): string[] => api.objects(namespaceKind).map(({ metadata }) => metadata.name);
  const condition = (type: string): string => {
    const found = api
      .objects(namespaceKind)
      .flatMap(({ status }) => status.conditions)
      .find((each) => each.type === type);
    return `${found?.status} ${found?.message}`;
  };
  const free = (finalizer: null | string[] = null) =>
    api.of(configMapKind).patch({ namespace: "team", name: "settings" }, "merge", { metadata: { finalizers: finalizer } });

  it("empties a namespace, pods first, and lets it go", async () => {
    const nodes = new FakeNodes(api, clock, ["n1"]);
    api.seed(namespaceKind, namespace({ name: "team" }));
    await start();
    await api.of(replicaSetKind).create(replicaSet({ namespace: "team", replicas: 2, resourceVersion: "" }));
    await later();
    await api.of(namespaceKind).delete(team);
    await later();

    // The node has not stopped the pods yet: everything else waits.
    expect(api.objects(replicaSetKind)).to.have.length(1);
    expect(condition("NamespaceContentRemaining")).to.equal("True Some resources are remaining: pods. has 2 resource instances");

    while (await nodes.step()) await settle();
    await later();
    expect(namespaces()).to.deep.equal([]);
    const left = [...api.objects(replicaSetKind), ...api.objects(podKind), ...api.objects(eventKind)];
    expect(left.filter(({ metadata }) => metadata.namespace === "team")).to.deep.equal([]);
  });

  it("goes on after it was stopped in the middle", async () => {
    api.seed(namespaceKind, namespace({ name: "team", deleting: true }));
    api.seed(podKind, pod({ namespace: "team", nodeName: "" }));
    await start();
    expect([...namespaces(), ...api.objects(podKind)]).to.deep.equal([]);
  });

  it("leaves other namespaces alone", async () => {
    api.seed(namespaceKind, namespace({ name: "team", deleting: true }));
    api.seed(namespaceKind, namespace({ name: "other" }));
    api.seed(podKind, pod({ namespace: "other", nodeName: "" }));
    await start();
    expect(namespaces()).to.deep.equal(["other"]);
    expect(api.objects(podKind).map(({ metadata }) => metadata.name)).to.deep.equal(["web"]);
  });

  it("says which finalizers it waits for, as they change, and goes on when the last is gone", async () => {
    api.seed(namespaceKind, namespace({ name: "team", deleting: true }));
    api.seed(configMapKind, configMap({ namespace: "team", finalizers: ["a.io/a", "b.io/b"] }));
    await start();
    const both = condition("NamespaceFinalizersRemaining");
    await free(["b.io/b"]);
    await clock.advance(1_000);
    await settle();
    const one = condition("NamespaceFinalizersRemaining");
    await free();
    await settle();

    const waiting = "True Some content in the namespace has finalizers remaining:";
    expect(both).to.equal(`${waiting} a.io/a in 1 resource instances, b.io/b in 1 resource instances`);
    expect(one).to.equal(`${waiting} b.io/b in 1 resource instances`);
    expect(namespaces()).to.deep.equal([]);
  });

  it("says what it could not delete, deletes the rest, and tries again", async () => {
    api.seed(namespaceKind, namespace({ name: "team", deleting: true }));
    api.seed(configMapKind, configMap({ namespace: "team" }));
    api.seed(replicaSetKind, replicaSet({ namespace: "team", replicas: 0 }));
    const allow = api.intercept({
      before: ({ verb, kind, key }) => {
        if (verb === "delete" && kind.kind === "ConfigMap") throw forbidden({ group: "", kind: "configmaps", name: key.name }, "not yet");
      },
    });
    await start();
    const failure = condition("NamespaceDeletionContentFailure");
    const left = [...api.objects(replicaSetKind), ...api.objects(configMapKind)].map(({ metadata }) => metadata.name);
    allow();
    await later();

    expect(failure).to.equal(
      'True Failed to delete all resource types, 1 remaining: configmaps.: configmaps "settings" is forbidden: not yet',
    );
    expect(left).to.deep.equal(["settings"]);
    expect(namespaces()).to.deep.equal([]);
  });

  it("does not empty a namespace anew that has the name of one that is gone, whatever it still sees", async () => {
    api.seed(namespaceKind, namespace({ name: "team", deleting: true }));
    api.seed(configMapKind, configMap({ namespace: "team", finalizers: ["a.io/a"] }));
    await start();
    const thaw = api.freeze(namespaceKind);
    api.remove(namespaceKind, team);
    api.seed(namespaceKind, namespace({ name: "team", uid: "another" }));
    api.seed(configMapKind, configMap({ namespace: "team", name: "new" }));
    await free();
    await later();
    const left = api.objects(configMapKind).map(({ metadata }) => metadata.name);
    thaw();
    await later();

    expect(left).to.deep.equal(["new"]);
    expect(api.objects(configMapKind).map(({ metadata }) => metadata.name)).to.deep.equal(["new"]);
  });

  it("leaves a namespace to the others who hold it, says that it is empty, and keeps a finalizer that was added meanwhile", async () => {
    const held = namespace({ name: "team", deleting: true });
    api.seed(namespaceKind, { ...held, spec: { finalizers: ["kubernetes", "a.io/a"] } });
    api.seed(configMapKind, configMap({ namespace: "team", finalizers: ["a.io/a"] }));
    await start();
    let isAdded = false;
    api.intercept({
      before: ({ verb, kind }) => {
        if (verb !== "patch" || kind.kind !== "Namespace" || isAdded) return;
        isAdded = true;
        api.change(namespaceKind, team, ({ spec }) => spec.finalizers.push("b.io/b"));
      },
    });
    await free();
    await later();

    expect(api.objects(namespaceKind).map(({ spec }) => spec.finalizers)).to.deep.equal([["a.io/a", "b.io/b"]]);
    expect(condition("NamespaceContentRemaining")).to.equal("False All content successfully removed");
  });
});
