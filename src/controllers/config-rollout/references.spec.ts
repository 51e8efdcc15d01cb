import { expect } from "chai";
import { fromManifest } from "../../../test/builders/from-manifest.js";
import { referenceId } from "../../api/kinds/pod/config-references.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { configReferences } from "./references.js";

describe("configReferences", () => {
  const said = (asked: string | undefined, spec = ""): { readonly names: readonly string[]; readonly meaningless: readonly string[] } => {
    const pod = fromManifest(podKind, `spec: { containers: [{ name: main, image: a }], ${spec} }`);
    const { references, meaningless } = configReferences(asked, pod.spec);
    return { names: references.map((each) => `${referenceId(each)}${each.optional ? "?" : ""}`), meaningless };
  };
  const container = (fields: string): string => `initContainers: [{ name: first, image: a, ${fields} }]`;
  const volume = (fields: string): string => `volumes: [{ name: v, ${fields} }]`;

  const named: readonly (readonly [what: string, spec: string, names: readonly string[]])[] = [
    [
      "a variable of a ConfigMap",
      container("env: [{ name: A, valueFrom: { configMapKeyRef: { name: app, key: a } } }]"),
      ["configmap/app"],
    ],
    ["a variable of a Secret", container("env: [{ name: A, valueFrom: { secretKeyRef: { name: db, key: a } } }]"), ["secret/db"]],
    [
      "all variables of both",
      container("envFrom: [{ configMapRef: { name: app } }, { secretRef: { name: db } }]"),
      ["configmap/app", "secret/db"],
    ],
    ["a volume of a ConfigMap", volume("configMap: { name: app }"), ["configmap/app"]],
    ["a volume of a Secret", volume("secret: { secretName: db }"), ["secret/db"]],
    [
      "a volume of several",
      volume("projected: { sources: [{ configMap: { name: app } }, { secret: { name: db } }, { downwardAPI: {} }] }"),
      ["configmap/app", "secret/db"],
    ],
    ["what is optional", volume("configMap: { name: app, optional: true }"), ["configmap/app?"]],
    [
      "what is optional in one place only",
      container("envFrom: [{ configMapRef: { name: app } }, { configMapRef: { name: app, optional: true } }]"),
      ["configmap/app"],
    ],
    ["nothing", "", []],
  ];
  for (const [what, spec, names] of named) {
    it(`finds ${what}`, () => expect(said("true", spec).names).to.deep.equal(names));
  }

  const annotations: readonly (readonly [asked: string | undefined, names: readonly string[], meaningless: readonly string[]])[] = [
    [undefined, [], []],
    ["", [], []],
    ["false", [], []],
    ["true", ["configmap/app"], []],
    ["configmap/other, secret/db", ["configmap/other?", "secret/db?"], []],
    ["true,configmap/other", ["configmap/app", "configmap/other?"], []],
    ["true,configmap/app", ["configmap/app"], []],
    ["yes,secret/", [], ["yes", "secret/"]],
  ];
  for (const [asked, names, meaningless] of annotations) {
    it(`reads ${JSON.stringify(asked)}`, () =>
      expect(said(asked, volume("configMap: { name: app }"))).to.deep.equal({ names, meaningless }));
  }
});
