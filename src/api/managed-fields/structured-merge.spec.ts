import { expect } from "chai";
import { decodeMessage } from "../codec/json-decode.js";
import type { JsonObject } from "../codec/json-values.js";
import { compareMessages } from "./compare.js";
import { type FieldSet, fieldSetOf, pathsOf } from "./field-set.js";
import { fieldsOf } from "./fields-of.js";
import { mergeConfiguration } from "./merge.js";
import { formatPath } from "./path-element.js";
import { removeFields, withStructs } from "./remove.js";

const pod = "howbernetes.core.v1.Pod";
const deployment = "howbernetes.apps.v1.Deployment";
const shown = (set: FieldSet): string[] => pathsOf(set).map(formatPath);
const container = (name: string, more: object = {}): JsonObject => ({ name, ...more });
const containers = (...list: JsonObject[]): JsonObject => ({ spec: { containers: list } });

describe("fieldsOf", () => {
  const cases: readonly (readonly [what: string, json: JsonObject, paths: readonly string[]])[] = [
    ["a scalar of a struct", { spec: { nodeName: "n" } }, [".spec.nodeName"]],
    ["a null", { spec: { nodeName: null } }, [".spec.nodeName"]],
    ["keys of a map", { metadata: { labels: { a: "1", b: "2" } } }, [".metadata.labels.a", ".metadata.labels.b"]],
    ["an empty map", { metadata: { labels: {} } }, [".metadata.labels"]],
    ["an atomic map as one", { spec: { nodeSelector: { a: "1", b: "2" } } }, [".spec.nodeSelector"]],
    ["an empty struct", { spec: { securityContext: {} } }, [".spec.securityContext"]],
    ["an atomic list as one", { spec: { tolerations: [{ key: "a" }, { key: "b" }] } }, [".spec.tolerations"]],
    ["items of a set", { metadata: { finalizers: ["a/b", "c/d"] } }, ['.metadata.finalizers[="a/b"]', '.metadata.finalizers[="c/d"]']],
    [
      "items of a keyed list, and their fields",
      containers(container("c", { image: "i" })),
      ['.spec.containers[name="c"]', '.spec.containers[name="c"].image', '.spec.containers[name="c"].name'],
    ],
    [
      "an item whose key is left out, by its default",
      containers(container("c", { ports: [{ containerPort: 80 }] })),
      [
        '.spec.containers[name="c"]',
        '.spec.containers[name="c"].name',
        '.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"]',
        '.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"].containerPort',
      ],
    ],
    [
      "an atomic item as one",
      { metadata: { ownerReferences: [{ uid: "u", name: "n", kind: "K", apiVersion: "v1" }] } },
      ['.metadata.ownerReferences[uid="u"]'],
    ],
    [
      "a field that stands inlined",
      { spec: { volumes: [{ name: "v", emptyDir: {} }] } },
      ['.spec.volumes[name="v"]', '.spec.volumes[name="v"].emptyDir', '.spec.volumes[name="v"].name'],
    ],
  ];
  for (const [what, json, paths] of cases) {
    it(`takes ${what}`, () => {
      expect(shown(fieldsOf(pod, json))).to.have.members(paths);
    });
  }

  it("takes a selector as one", () => {
    expect(shown(fieldsOf(deployment, { spec: { selector: { matchLabels: { a: "b" } } } }))).to.deep.equal([".spec.selector"]);
  });

  it("names an item whose key is left out by the key that its JSON would have", () => {
    expect(shown(fieldsOf(pod, { spec: { hostAliases: [{ hostnames: ["a"] }] } }))).to.deep.equal([
      '.spec.hostAliases[ip=""]',
      '.spec.hostAliases[ip=""].hostnames',
    ]);
  });
});

describe("compareMessages", () => {
  const compare = (before: JsonObject, after: JsonObject): Record<string, string[]> => {
    const message = (json: JsonObject): object => decodeMessage(pod, json, "").message;
    const { added, modified, removed } = compareMessages(pod, message(before), message(after));
    return { added: shown(added), modified: shown(modified), removed: shown(removed) };
  };
  const env = (...list: JsonObject[]): JsonObject => containers(container("c", { env: list }));
  const inC = '.spec.containers[name="c"]';
  const none: Record<string, string[]> = { added: [], modified: [], removed: [] };
  const cases: readonly (readonly [what: string, before: JsonObject, after: JsonObject, expected: Record<string, string[]>])[] = [
    ["finds nothing in equals", env({ name: "A", value: "1" }), env({ name: "A", value: "1" }), none],
    [
      "does not mind the order of keyed items",
      containers(container("a"), container("b")),
      containers(container("b"), container("a")),
      none,
    ],
    ["does not tell a zero from what is absent", { spec: { nodeName: "" } }, {}, none],
    [
      "tells a pointer's zero from what is absent",
      { spec: { terminationGracePeriodSeconds: 0 } },
      {},
      { removed: [".spec.terminationGracePeriodSeconds"] },
    ],
    ["finds a change", { spec: { nodeName: "a" } }, { spec: { nodeName: "b" } }, { modified: [".spec.nodeName"] }],
    ["finds a first label and its map", {}, { metadata: { labels: { a: "1" } } }, { added: [".metadata.labels", ".metadata.labels.a"] }],
    [
      "finds a second label alone",
      { metadata: { labels: { a: "1" } } },
      { metadata: { labels: { a: "1", b: "" } } },
      { added: [".metadata.labels.b"] },
    ],
    [
      "finds a pointer that comes, with what is in it",
      {},
      { spec: { dnsConfig: { nameservers: ["1.1.1.1"] } } },
      { added: [".spec.dnsConfig", ".spec.dnsConfig.nameservers"] },
    ],
    ["finds an empty pointer that goes", { spec: { securityContext: {} } }, {}, { removed: [".spec.securityContext"] }],
    [
      "finds an item that comes",
      env({ name: "A", value: "1" }),
      env({ name: "A", value: "1" }, { name: "B", value: "2" }),
      {
        added: [`${inC}.env[name="B"]`, `${inC}.env[name="B"].name`, `${inC}.env[name="B"].value`],
      },
    ],
    [
      "finds a change in an item",
      env({ name: "A", value: "1" }),
      env({ name: "A", value: "2" }),
      { modified: [`${inC}.env[name="A"].value`] },
    ],
    [
      "takes items of one key together",
      env({ name: "A", value: "1" }, { name: "A", value: "2" }),
      env({ name: "A", value: "1" }, { name: "A", value: "3" }),
      { modified: [`${inC}.env[name="A"]`] },
    ],
    [
      "finds what a set gains and loses",
      { metadata: { finalizers: ["a/a", "b/b"] } },
      { metadata: { finalizers: ["b/b", "c/c"] } },
      {
        added: ['.metadata.finalizers[="c/c"]'],
        removed: ['.metadata.finalizers[="a/a"]'],
      },
    ],
    [
      "takes an atomic list as one",
      { spec: { tolerations: [{ key: "a" }] } },
      { spec: { tolerations: [{ key: "a" }, { key: "b" }] } },
      { modified: [".spec.tolerations"] },
    ],
    [
      "reads quantities, not their texts",
      containers(container("c", { resources: { limits: { cpu: "0.5" } } })),
      containers(container("c", { resources: { limits: { cpu: "500m" } } })),
      none,
    ],
    [
      "finds what stands inlined",
      { spec: { volumes: [{ name: "v", emptyDir: {} }] } },
      { spec: { volumes: [{ name: "v", hostPath: { path: "/a" } }] } },
      {
        added: ['.spec.volumes[name="v"].hostPath', '.spec.volumes[name="v"].hostPath.path'],
        removed: ['.spec.volumes[name="v"].emptyDir'],
      },
    ],
  ];
  for (const [what, before, after, expected] of cases) {
    it(what, () => {
      expect(compare(before, after)).to.deep.equal({ ...none, ...expected });
    });
  }

  it("finds all of a new object that JSON would show", () => {
    expect(compare({}, containers(container("c"))).added).to.deep.equal([inC, `${inC}.name`, `${inC}.resources`].sort());
  });
});

describe("mergeConfiguration", () => {
  const merged = (live: JsonObject, applied: JsonObject): JsonObject => mergeConfiguration(pod, live, applied);

  it("keeps what the configuration does not say", () => {
    const live = { metadata: { labels: { a: "1" } }, spec: { containers: [container("c", { image: "i", tty: true })], nodeName: "n" } };
    const applied = { metadata: { labels: { b: "2" } }, spec: { containers: [container("c", { image: "j" })] } };
    expect(merged(live, applied)).to.deep.equal({
      metadata: { labels: { a: "1", b: "2" } },
      spec: { containers: [container("c", { image: "j", tty: true })], nodeName: "n" },
    });
  });

  it("replaces what is atomic", () => {
    const live = { spec: { nodeSelector: { a: "1" }, tolerations: [{ key: "a" }] } };
    const applied = { spec: { nodeSelector: { b: "2" }, tolerations: [{ key: "b" }] } };
    expect(merged(live, applied)).to.deep.equal(applied);
  });

  it("sets scalars to null, and leaves containers as they are that are null", () => {
    const live = { metadata: { labels: { a: "1" } }, spec: { nodeName: "n", containers: [container("c")] } };
    const applied = { metadata: { labels: null }, spec: { nodeName: null, containers: null } };
    expect(merged(live, applied)).to.deep.equal({ ...live, spec: { ...live.spec, nodeName: null } });
  });

  const orders: readonly (readonly [live: string, applied: string, expected: string])[] = [
    ["abc", "", "abc"],
    ["", "abc", "abc"],
    ["abc", "c", "abc"],
    ["abc", "cd", "abcd"],
    ["abc", "ca", "bca"],
    ["abcd", "dxa", "bcdxa"],
    ["ac", "abc", "abc"],
    ["axc", "abc", "axbc"],
    ["bx", "ab", "abx"],
    ["ab", "cd", "abcd"],
    ["cab", "abc", "abc"],
    ["axby", "ba", "xbya"],
  ];
  for (const [live, applied, expected] of orders) {
    it(`puts ${applied || "nothing"} into ${live || "nothing"} as ${expected}`, () => {
      const list = (names: string): JsonObject => containers(...[...names].map((name) => container(name)));
      const set = (names: string): JsonObject => ({ metadata: { finalizers: [...names] } });
      expect(merged(list(live), list(applied))).to.deep.equal(list(expected));
      expect(merged(set(live), set(applied))).to.deep.equal(set(expected));
    });
  }
});

describe("removeFields", () => {
  const spec = ["f:spec"];
  const itemC = [...spec, "f:containers", 'k:{"name":"c"}'];
  const json: JsonObject = {
    metadata: { labels: { a: "1" }, finalizers: ["x/x", "y/y"] },
    spec: { containers: [container("c", { image: "i" }), container("d")], nodeName: "n" },
  };
  const cases: readonly (readonly [what: string, paths: readonly (readonly string[])[], expected: JsonObject])[] = [
    ["a field", [["f:spec", "f:nodeName"]], { ...json, spec: { containers: [container("c", { image: "i" }), container("d")] } }],
    ["an item with all that is in it", [itemC], { ...json, spec: { containers: [container("d")], nodeName: "n" } }],
    ["a field of an item", [[...itemC, "f:image"]], { ...json, spec: { containers: [container("c"), container("d")], nodeName: "n" } }],
    ["an item of a set", [["f:metadata", "f:finalizers", 'v:"x/x"']], { ...json, metadata: { labels: { a: "1" }, finalizers: ["y/y"] } }],
    [
      "what a map has, but not the map",
      [["f:metadata", "f:labels", "f:a"]],
      { ...json, metadata: { labels: {}, finalizers: ["x/x", "y/y"] } },
    ],
    ["nothing that is not there", [["f:spec", "f:hostname"]], json],
  ];
  for (const [what, paths, expected] of cases) {
    it(`removes ${what}`, () => {
      expect(removeFields(pod, json, fieldSetOf(...paths))).to.deep.equal(expected);
    });
  }

  it("counts structs with their fields, but neither items nor keys of maps", () => {
    const fields = fieldSetOf([...itemC, "f:resources", "f:limits", "f:cpu"], ["f:metadata", "f:labels", "f:a"]);
    expect(shown(withStructs(pod, fields))).to.have.members([
      ".metadata",
      ".metadata.labels",
      ".metadata.labels.a",
      ".spec",
      ".spec.containers",
      '.spec.containers[name="c"].resources',
      '.spec.containers[name="c"].resources.limits',
      '.spec.containers[name="c"].resources.limits.cpu',
    ]);
  });
});
