import { expect } from "chai";
import { fromManifest } from "../../../test/builders/from-manifest.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { KnownConfig } from "../config/known-config.js";
import { isSafePath, isSamePayload, type PayloadSources } from "./payload.js";
import { planVolume } from "./volume-plan.js";

const present = (data: Readonly<Record<string, string | Uint8Array>>, binaryData = {}): KnownConfig => ({
  state: "present",
  data,
  binaryData,
});

const configs: Readonly<Record<string, KnownConfig>> = {
  "configmap/app": present({ a: "1", b: "2" }, { bin: Buffer.from([0, 255]) }),
  "secret/db": present({ password: Buffer.from("x") }),
  "configmap/slow": { state: "unread", problem: "" },
  "configmap/lost": { state: "unread", problem: "no answer" },
};

function sourcesOf(volume: string): PayloadSources {
  const pod = fromManifest(
    podKind,
    `
metadata: { name: web, namespace: default, uid: u1, labels: { app: web, tier: "a\\"b" }, annotations: { note: "one\\ntwo" } }
spec:
  containers:
    - { name: main, image: a, resources: { limits: { memory: 64Mi }, requests: { cpu: 250m } } }
    - { name: side, image: a }
  volumes: [{ name: v, ${volume} }]
`,
  );
  return {
    pod,
    allocatable: { cpu: Quantity.fromPartial({ string: "2" }), memory: Quantity.fromPartial({ string: "1Gi" }) },
    configOf: ({ kind, name }) => configs[`${kind}/${name}`] ?? { state: "absent" },
  };
}

/** As "path mode text", or why not. */
function filesOf(volume: string): readonly string[] | string {
  const sources = sourcesOf(volume);
  const [wanted] = sources.pod.spec.volumes;
  if (wanted === undefined) throw new Error("no volume");
  const planned = planVolume(wanted, sources);
  if (planned.state === "pending") return "pending";
  if (planned.state === "failed") return planned.message;
  if (planned.plan.type !== "files") return planned.plan.type;
  return [...planned.plan.payload].map(
    ([path, { mode, data }]) => `${path} ${mode.toString(8)} ${Buffer.from(data as Buffer).toString("latin1")}`,
  );
}

describe("what a volume of files holds", () => {
  const cases: readonly { readonly it: string; readonly volume: string; readonly files: readonly string[] | string }[] = [
    {
      it: "is all keys of a ConfigMap, text and not",
      volume: "configMap: { name: app }",
      files: ["bin 644 \u0000\u00ff", "a 644 1", "b 644 2"],
    },
    { it: "has the mode that is asked for", volume: "secret: { secretName: db, defaultMode: 0400 }", files: ["password 400 x"] },
    {
      it: "is the keys that are named, where they are to be, with modes of their own",
      volume: "configMap: { name: app, items: [{ key: a, path: x/y }, { key: b, path: z, mode: 0600 }] }",
      files: ["x/y 644 1", "z 600 2"],
    },
    {
      it: "lacks a key that a ConfigMap does not have",
      volume: "configMap: { name: app, items: [{ key: c, path: c }] }",
      files: "configmap references non-existent config key: c",
    },
    {
      it: "lacks a key that a Secret does not have",
      volume: "secret: { secretName: db, items: [{ key: c, path: c }] }",
      files: "references non-existent secret key: c",
    },
    { it: "goes without an optional key", volume: "configMap: { name: app, optional: true, items: [{ key: c, path: c }] }", files: [] },
    {
      it: "takes nothing that an object only inherits for a key",
      volume: "configMap: { name: app, optional: true, items: [{ key: constructor, path: c }] }",
      files: [],
    },
    { it: "lacks a ConfigMap", volume: "configMap: { name: none }", files: 'configmap "none" not found' },
    { it: "lacks a Secret", volume: "secret: { secretName: none }", files: 'secret "none" not found' },
    { it: "goes without an optional one", volume: "secret: { secretName: none, optional: true }", files: [] },
    { it: "waits for what is not read yet", volume: "configMap: { name: slow, optional: true }", files: "pending" },
    { it: "says why something cannot be read", volume: "configMap: { name: lost }", files: 'configmap "lost" cannot be read: no answer' },
    {
      it: "is what the pod's fields say",
      volume:
        "downwardAPI: { defaultMode: 0400, items: [{ path: l, fieldRef: { fieldPath: metadata.labels } }, { path: name, mode: 0444, fieldRef: { fieldPath: metadata.name } }, { path: a, fieldRef: { fieldPath: \"metadata.annotations['note']\" } }] }",
      files: ['l 400 app="web"\ntier="a\\"b"', "name 444 web", "a 400 one\ntwo"],
    },
    {
      it: "is what containers request and are limited to, by the node's where they are not",
      volume:
        "downwardAPI: { items: [{ path: c, resourceFieldRef: { containerName: main, resource: requests.cpu, divisor: 1m } }, { path: m, resourceFieldRef: { containerName: main, resource: limits.memory, divisor: 1Mi } }, { path: s, resourceFieldRef: { containerName: side, resource: limits.cpu } }] }",
      files: ["c 644 250", "m 644 64", "s 644 2"],
    },
    {
      it: "is put together from several sources",
      volume:
        "projected: { defaultMode: 0440, sources: [{ configMap: { name: app, items: [{ key: a, path: a }] } }, { secret: { name: db } }, { downwardAPI: { items: [{ path: pod/uid, fieldRef: { fieldPath: metadata.uid } }] } }] }",
      files: ["a 440 1", "password 440 x", "pod/uid 440 u1"],
    },
    {
      it: "lacks all that its sources lack",
      volume: "projected: { sources: [{ configMap: { name: none } }, { secret: { name: none } }] }",
      files: '[configmap "none" not found, secret "none" not found]',
    },
    {
      it: "does not leave the volume, whatever the API let through",
      volume: "configMap: { name: app, items: [{ key: a, path: ../../etc/cron.d/x }] }",
      files: 'invalid path "../../etc/cron.d/x": it would not be in the volume',
    },
  ];
  for (const { it: does, volume, files } of cases) {
    it(does, () => expect(filesOf(volume)).to.deep.equal(files));
  }
});

describe("isSafePath", () => {
  for (const path of ["a", "a/b.c", ".hidden", "a/..b"]) {
    it(`lets ${path} be`, () => expect(isSafePath(path)).to.equal(true));
  }
  for (const path of ["", "/a", "a//b", "a/", ".", "./a", "..", "../a", "a/../b", "..data", "..2026/a", "...", "a\0b", "x".repeat(256)]) {
    it(`refuses ${JSON.stringify(path.slice(0, 20))}`, () => expect(isSafePath(path)).to.equal(false));
  }
});

describe("isSamePayload", () => {
  const file = (data: string | Uint8Array, mode = 0o644) => ({ data, mode });
  it("compares text with bytes, and modes", () => {
    const a = new Map([["a", file("x")]]);
    expect(isSamePayload(a, new Map([["a", file(Buffer.from("x"))]]))).to.equal(true);
    expect(isSamePayload(a, new Map([["a", file("y")]]))).to.equal(false);
    expect(isSamePayload(a, new Map([["a", file("x", 0o600)]]))).to.equal(false);
    expect(isSamePayload(a, new Map([["b", file("x")]]))).to.equal(false);
    expect(isSamePayload(a, new Map())).to.equal(false);
  });
});

describe("planVolume", () => {
  const planOf = (volume: string): unknown => {
    const sources = sourcesOf(volume);
    const [wanted] = sources.pod.spec.volumes;
    const planned = wanted === undefined ? undefined : planVolume(wanted, sources);
    return planned?.state === "ready" ? planned.plan : planned;
  };

  it("makes empty folders on disk", () => {
    expect(planOf("emptyDir: { sizeLimit: 1Mi }")).to.deep.equal({ type: "folder", mode: 0o777, medium: "disk" });
  });
  it("gives empty folders the permissions that they are to have", () => {
    expect(planOf("emptyDir: { mode: 1023 }")).to.deep.equal({ type: "folder", mode: 0o1777, medium: "disk" });
  });
  it("bounds folders in memory by their limit", () => {
    expect(planOf("emptyDir: { medium: Memory, sizeLimit: 1Mi }")).to.deep.equal({
      type: "folder",
      mode: 0o777,
      medium: "memory",
      sizeBytes: 2 ** 20,
    });
  });
  it("leaves folders in memory without a bound where a container has none", () => {
    expect(planOf("emptyDir: { medium: Memory }")).to.deep.equal({ type: "folder", mode: 0o777, medium: "memory", sizeBytes: undefined });
  });
  it("shows what is the machine's", () => {
    expect(planOf("hostPath: { path: /var/log, type: Directory }")).to.deep.equal({
      type: "machine",
      path: "/var/log",
      pathType: "Directory",
    });
  });
  it("knows what is secret", () => {
    expect(planOf("projected: { sources: [{ secret: { name: db } }] }")).to.have.property("isSecret", true);
    expect(planOf("projected: { sources: [{ configMap: { name: app } }] }")).to.have.property("isSecret", false);
    expect(planOf("secret: { secretName: db }")).to.have.property("isSecret", true);
  });
  it("fails for what no part of this node makes", () => {
    expect(planOf("nfs: { server: a, path: /b }")).to.deep.equal({ state: "failed", message: "no volume plugin matched" });
  });
});
