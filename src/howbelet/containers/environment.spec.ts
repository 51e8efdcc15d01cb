import { expect } from "chai";
import { fromManifest } from "../../../test/builders/from-manifest.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { KnownConfig } from "../config/known-config.js";
import { type Environment, type EnvironmentSources, hasSources, makeEnvironment } from "./environment.js";

const present = (data: Readonly<Record<string, string | Uint8Array>>): KnownConfig => ({ state: "present", data });
const known: Readonly<Record<string, KnownConfig>> = {
  "configmap/app": present({ A: "1", B: "2", "with.dots": "3" }),
  "configmap/more": present({ B: "4" }),
  "secret/db": present({ A: Buffer.from("s€cret"), raw: Buffer.from([0xff, 0xfe]), nul: Buffer.from("a\0b") }),
  "configmap/unread": { state: "unread", problem: "" },
  "configmap/refused": { state: "unread", problem: "not for you" },
};

/** What becomes of a container of these fields, in a pod that has another one besides. */
function made(fields: string, sources: Partial<EnvironmentSources> = {}): Environment {
  const pod = fromManifest(
    podKind,
    `
metadata:
  { name: web, namespace: shop, uid: u-1, labels: { app: a, "x.io/y": b }, annotations: { "x.io/note": "a b" } }
spec:
  nodeName: n1
  containers:
  - { name: main, image: a, resources: { limits: { memory: 64Mi }, requests: { cpu: 250m } }, ${fields} }
  - { name: other, image: a, resources: { limits: { cpu: 1500m } } }`,
  );
  const [container] = pod.spec.containers;
  if (container === undefined) throw new Error("a pod has containers");
  return makeEnvironment(container, {
    pod,
    podIp: "10.1.0.5",
    hostIp: "192.0.2.1",
    allocatable: { cpu: { string: "4" }, memory: { string: "1Gi" }, "ephemeral-storage": { string: "10Gi" } },
    configOf: ({ kind, name }) => known[`${kind}/${name}`] ?? { state: "absent" },
    ...sources,
  });
}

/** As lines of `env`, or why there are none. */
function lines(environment: Environment): readonly string[] | string {
  if (environment.state === "ready") return [...environment.variables].map(([name, value]) => `${name}=${value}`);
  return environment.state === "failed" ? environment.message : "pending";
}

const variable = (source: string): string => `env: [{ name: V, valueFrom: { ${source} } }]`;
const field = (path: string): string => variable(`fieldRef: { fieldPath: "${path}" }`);
const resource = (fields: string): string => variable(`resourceFieldRef: { ${fields} }`);

describe("makeEnvironment", () => {
  const cases: readonly (readonly [does: string, fields: string, expected: readonly string[] | string])[] = [
    ["takes values as they are", "env: [{ name: A, value: b }, { name: EMPTY }]", ["A=b", "EMPTY="]],
    [
      "lets a value refer to those before it",
      'env: [{ name: B, value: "$(A)" }, { name: A, value: "1" }, { name: C, value: "$(A)$(B)" }]',
      ["B=$(A)", "A=1", "C=1$(A)"],
    ],
    ["takes the last of one name", "env: [{ name: A, value: one }, { name: A, value: two }]", ["A=two"]],

    ["takes all keys of a ConfigMap", "envFrom: [{ configMapRef: { name: app } }]", ["A=1", "B=2", "with.dots=3"]],
    ["puts a prefix before them", "envFrom: [{ prefix: P_, configMapRef: { name: more } }]", ["P_B=4"]],
    [
      "takes later sources for earlier ones",
      "envFrom: [{ configMapRef: { name: more } }, { configMapRef: { name: app } }]",
      ["B=2", "A=1", "with.dots=3"],
    ],
    [
      "takes variables for sources",
      "env: [{ name: A, value: own }], envFrom: [{ configMapRef: { name: app } }]",
      ["A=own", "B=2", "with.dots=3"],
    ],
    [
      "lets a value refer to a source's",
      'env: [{ name: C, value: "<$(B)>" }], envFrom: [{ configMapRef: { name: more } }]',
      ["B=4", "C=<4>"],
    ],

    ["reads a key of a ConfigMap", variable("configMapKeyRef: { name: app, key: B }"), ["V=2"]],
    ["reads a key of a Secret", variable("secretKeyRef: { name: db, key: A }"), ["V=s€cret"]],
    ["misses a ConfigMap", variable("configMapKeyRef: { name: none, key: B }"), 'configmap "none" not found'],
    ["misses a Secret", variable("secretKeyRef: { name: none, key: B }"), 'secret "none" not found'],
    ["misses a key of a ConfigMap", variable("configMapKeyRef: { name: app, key: k }"), "couldn't find key k in ConfigMap shop/app"],
    ["misses a key of a Secret", variable("secretKeyRef: { name: db, key: k }"), "couldn't find key k in Secret shop/db"],
    [
      "has no keys that every object has",
      variable("configMapKeyRef: { name: app, key: constructor }"),
      "couldn't find key constructor in ConfigMap shop/app",
    ],
    ["misses a source", "envFrom: [{ secretRef: { name: none } }]", 'secret "none" not found'],
    [
      "leaves out an optional source",
      "envFrom: [{ secretRef: { name: none, optional: true } }, { configMapRef: { name: more } }]",
      ["B=4"],
    ],
    ["leaves out a variable of an optional object", variable("secretKeyRef: { name: none, key: k, optional: true }"), []],
    ["leaves out a variable of an optional key", variable("configMapKeyRef: { name: app, key: k, optional: true }"), []],
    [
      "leaves to a source what an optional key does not say",
      "env: [{ name: B, valueFrom: { configMapKeyRef: { name: app, key: k, optional: true } } }], envFrom: [{ configMapRef: { name: more } }]",
      ["B=4"],
    ],
    ["waits for what has not been read", variable("configMapKeyRef: { name: unread, key: k, optional: true }"), "pending"],
    [
      "says why something cannot be read",
      variable("configMapKeyRef: { name: refused, key: k, optional: true }"),
      'configmap "refused" cannot be read: not for you',
    ],
    [
      "refuses what is no text",
      variable("secretKeyRef: { name: db, key: raw }"),
      "key raw in Secret shop/db is not UTF-8, which the value of a variable must be",
    ],
    [
      "refuses what would be cut off",
      variable("secretKeyRef: { name: db, key: nul }"),
      "key nul in Secret shop/db contains a NUL, which the value of a variable must not",
    ],
    [
      "refuses it of a whole source too",
      "envFrom: [{ secretRef: { name: db } }]",
      "key raw in Secret shop/db is not UTF-8, which the value of a variable must be",
    ],

    ["tells the pod's name", field("metadata.name"), ["V=web"]],
    ["tells its namespace", field("metadata.namespace"), ["V=shop"]],
    ["tells its uid", field("metadata.uid"), ["V=u-1"]],
    ["tells a label", field("metadata.labels['x.io/y']"), ["V=b"]],
    ["tells a label that is not there", field("metadata.labels['none']"), ["V="]],
    ["tells no label that every object has", field("metadata.labels['constructor']"), ["V="]],
    ["tells an annotation", field("metadata.annotations['x.io/note']"), ["V=a b"]],
    ["tells its node", field("spec.nodeName"), ["V=n1"]],
    ["tells its account", field("spec.serviceAccountName"), ["V=default"]],
    ["tells its node's address", field("status.hostIP"), ["V=192.0.2.1"]],
    ["tells its node's addresses", field("status.hostIPs"), ["V=192.0.2.1"]],
    ["tells its address", field("status.podIP"), ["V=10.1.0.5"]],
    ["tells its addresses", field("status.podIPs"), ["V=10.1.0.5"]],

    ["tells a limit", resource("resource: limits.memory"), ["V=67108864"]],
    ["tells it in other units", resource("resource: limits.memory, divisor: 1Mi"), ["V=64"]],
    ["rounds up", resource("resource: limits.memory, divisor: 1G"), ["V=1"]],
    ["tells what the node has where there is no limit", resource("resource: limits.cpu"), ["V=4"]],
    ["tells a request", resource("resource: requests.cpu, divisor: 1m"), ["V=250"]],
    ["rounds up to whole CPUs", resource("resource: requests.cpu"), ["V=1"]],
    ["tells what storage the node has", resource("resource: limits.ephemeral-storage, divisor: 1Gi"), ["V=10"]],
    ["tells 0 where nothing is requested", resource("resource: requests.ephemeral-storage"), ["V=0"]],
    ["tells another container's", resource("containerName: other, resource: limits.cpu, divisor: 1m"), ["V=1500"]],
    ["misses another container", resource("containerName: none, resource: limits.cpu"), "container none not found"],
  ];
  for (const [does, fields, expected] of cases) {
    it(does, () => expect(lines(made(fields))).to.deep.equal(expected));
  }

  it("waits until it is known what the node has", () => {
    expect(lines(made(resource("resource: limits.cpu"), { allocatable: undefined }))).to.equal("pending");
  });

  it("does not expand what it is told", () => {
    const configOf = (): KnownConfig => present({ k: "$(A)" });
    const env = `env: [{ name: A, value: "1" }, { name: V, valueFrom: { configMapKeyRef: { name: a, key: k } } }, { name: W, value: "<$(V)>" }]`;
    expect(lines(made(env, { configOf }))).to.deep.equal(["A=1", "V=$(A)", "W=<$(A)>"]);
  });
});

describe("hasSources", () => {
  for (const [fields, expected] of [
    ["env: [{ name: A, value: b }]", false],
    [field("metadata.name"), true],
    ["envFrom: [{ configMapRef: { name: app } }]", true],
  ] as const) {
    it(`says ${expected} of ${fields}`, () => {
      const [container] = fromManifest(podKind, `spec: { containers: [{ name: a, image: a, ${fields} }] }`).spec.containers;
      expect(container !== undefined && hasSources(container)).to.equal(expected);
    });
  }
});
