import { expect } from "chai";
import { admitted } from "../../../../test/builders/from-manifest.js";
import { podErrors } from "../../../../test/builders/pod-errors.js";
import { podKind } from "./kind.js";

const errorsOf = (volume: string): string[] => podErrors(`volumes: [{ ${volume} }]`).map((line) => line.replace("spec.volumes[0]", ""));
const mode = "must be a number between 0 and 0777 (octal), both inclusive";

describe("validateVolumes", () => {
  const cases: readonly (readonly [volume: string, errors: readonly string[]])[] = [
    ["emptyDir: { medium: Memory, sizeLimit: 1Gi }", []],
    ["hostPath: { path: /var/lib, type: Directory }", []],
    ["secret: { secretName: a, defaultMode: 0400, items: [{ key: b, path: c/d }] }", []],
    ["configMap: { name: a, optional: true }", []],
    ["downwardAPI: { items: [{ path: labels, fieldRef: { fieldPath: metadata.labels } }] }", []],
    ["projected: { sources: [{ secret: { name: a } }, { serviceAccountToken: { path: token } }] }", []],
    ["persistentVolumeClaim: { claimName: a }", []],
    ["image: { reference: a }", []],
    ["emptyDir: { sizeLimit: -1 }", [".emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity"]],
    ["emptyDir: { mode: 1023 }", []],
    ["emptyDir: { mode: 1024 }", [".emptyDir.mode: Invalid value: 1024: must be a number between 0 and 01777 (octal), both inclusive"]],
    ["emptyDir: {}, hostPath: { path: / }", [".emptyDir: Forbidden: may not specify more than 1 volume type"]],
    ["hostPath: {}", [".hostPath.path: Required value"]],
    [
      "hostPath: { path: /a/../b, type: Folder }",
      [
        ".hostPath.path: Invalid value: \"/a/../b\": must not contain '..'",
        '.hostPath.type: Unsupported value: "Folder": supported values: "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      ],
    ],
    [
      "secret: { defaultMode: 01000, items: [{ path: /a, mode: -1 }, { key: a, path: ..a }] }",
      [
        ".secret.secretName: Required value",
        `.secret.defaultMode: Invalid value: 512: ${mode}`,
        ".secret.items[0].key: Required value",
        '.secret.items[0].path: Invalid value: "/a": must be a relative path',
        `.secret.items[0].mode: Invalid value: -1: ${mode}`,
        ".secret.items[1].path: Invalid value: \"..a\": must not start with '..'",
      ],
    ],
    ["configMap: {}", [".configMap.name: Required value"]],
    ["downwardAPI: { items: [{ path: a }] }", [".downwardAPI.items[0]: Required value: one of fieldRef and resourceFieldRef is required"]],
    [
      "downwardAPI: { items: [{ path: a, resourceFieldRef: { resource: limits.cpu } }] }",
      [".downwardAPI.items[0].resourceFieldRef.containerName: Required value"],
    ],
    [
      "downwardAPI: { items: [{ path: a, fieldRef: { fieldPath: status.podIP } }] }",
      [
        '.downwardAPI.items[0].fieldRef.fieldPath: Unsupported value: "status.podIP": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"',
      ],
    ],
    [
      "projected: { sources: [{ secret: { name: a }, configMap: { name: b } }] }",
      [".projected.sources[0].configMap: Forbidden: may not specify more than 1 volume type"],
    ],
    [
      "projected: { sources: [{ serviceAccountToken: { path: a, expirationSeconds: 60 } }] }",
      [".projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes"],
    ],
    [
      "projected: { sources: [{ secret: { name: a, items: [{ key: k, path: p }] } }, { configMap: { name: b, items: [{ key: k, path: p }] } }] }",
      ['.projected: Invalid value: "b": conflicting duplicate paths'],
    ],
    ["persistentVolumeClaim: {}", [".persistentVolumeClaim.claimName: Required value"]],
    ["nfs: { server: a, path: b }", ['.nfs.path: Invalid value: "b": must be an absolute path']],
  ];
  for (const [volume, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${volume}`, () => {
      expect(errorsOf(`name: data, ${volume}`)).to.deep.equal(errors);
    });
  }

  it("needs names, each once", () => {
    expect(podErrors("volumes: [{ name: a }, { name: a }, {}]")).to.deep.equal([
      'spec.volumes[1].name: Duplicate value: "a"',
      "spec.volumes[2].name: Required value",
    ]);
  });

  it("is an empty folder when nothing is said", () => {
    expect(admitted(podKind, "spec: { volumes: [{ name: a }] }").spec.volumes[0]?.volumeSource?.emptyDir).to.not.equal(undefined);
    expect(admitted(podKind, "spec: { volumes: [{ name: a, secret: {} }] }").spec.volumes[0]?.volumeSource?.secret?.defaultMode).to.equal(
      0o644,
    );
  });
});
