import { expect } from "chai";
import { kindByName, kindByResource, kindByTypeName, kindOf, kinds, kindsInCategory } from "./index.js";

describe("kinds", () => {
  it("are told apart by every name they have", () => {
    const names = kinds.flatMap(({ plural, singular, shortNames }) => [plural, ...new Set([singular]), ...shortNames]);
    expect(new Set(names).size).to.equal(names.length);
  });

  for (const { kind, columns } of kinds) {
    const first = kind === "Event" ? "LAST SEEN" : "NAME";
    it(`have ${first} as their first column, as ${kind}`, () => {
      expect(columns[0]?.name).to.equal(first);
    });
  }

  it("are found by group and resource", () => {
    expect(kindByResource("apps", "deployments")?.kind).to.equal("Deployment");
    expect(kindByResource("", "deployments")).to.equal(undefined);
    expect(kindByResource("apps", "Deployment")).to.equal(undefined);
  });

  it("are found by the name of their message", () => {
    expect(kindByTypeName("howbernetes.core.v1.Pod")?.kind).to.equal("Pod");
    expect(kindByTypeName("howbernetes.core.v1.PodSpec")).to.equal(undefined);
  });

  it("stand together in the category all", () => {
    expect(kindsInCategory("all").map(({ plural }) => plural)).to.deep.equal([
      ...["pods", "daemonsets", "deployments", "replicasets", "statefulsets"],
      ...["horizontalpodautoscalers", "cronjobs", "jobs"],
    ]);
    expect(kindsInCategory("some")).to.deep.equal([]);
  });
});

describe("kindOf", () => {
  const cases: readonly (readonly [string | undefined, string, string | undefined])[] = [
    ["v1", "Pod", "pods"],
    ["apps/v1", "Deployment", "deployments"],
    ["coordination.k8s.io/v1", "Lease", "leases"],
    [undefined, "Deployment", "deployments"],
    ["", "Pod", "pods"],
    ["v1", "Deployment", undefined],
    ["apps/v1beta1", "Deployment", undefined],
    [undefined, "deployment", undefined],
    [undefined, "Gadget", undefined],
  ];
  for (const [apiVersion, kind, plural] of cases) {
    it(`${apiVersion ?? "no apiVersion"}, ${kind} is ${plural ?? "nothing"}`, () => {
      expect(kindOf(apiVersion, kind)?.plural).to.equal(plural);
    });
  }
});

describe("kindByName", () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    pods: "Pod",
    pod: "Pod",
    po: "Pod",
    Pod: "Pod",
    PODS: "Pod",
    "pods.v1.": "Pod",
    "pods.v1": undefined,
    "pods.apps": undefined,
    no: "Node",
    ns: "Namespace",
    rs: "ReplicaSet",
    replicaSet: "ReplicaSet",
    deploy: "Deployment",
    "deployments.apps": "Deployment",
    "deploy.apps": "Deployment",
    "deployment.v1.apps": "Deployment",
    "deployment.v2.apps": undefined,
    ev: "Event",
    leases: "Lease",
    "lease.coordination.k8s.io": "Lease",
    "leases.v1.coordination.k8s.io": "Lease",
    "": undefined,
    ".": undefined,
    foo: undefined,
  };
  for (const [word, kind] of Object.entries(cases)) {
    it(`${JSON.stringify(word)} is ${kind ?? "nothing"}`, () => {
      expect(kindByName(word)?.kind).to.equal(kind);
    });
  }
});
