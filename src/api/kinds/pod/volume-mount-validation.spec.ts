import { expect } from "chai";
import { containerErrors } from "../../../../test/builders/pod-errors.js";

const volumes = "volumes: [{ name: data }]";

describe("validateMounts", () => {
  const cases: readonly (readonly [mount: string, errors: readonly string[]])[] = [
    ["name: data, mountPath: /data, subPath: a/b, readOnly: true", []],
    ["name: data, mountPath: /data, readOnly: true, recursiveReadOnly: Enabled", []],
    ["mountPath: /data", [".name: Required value"]],
    ["name: data", [".mountPath: Required value"]],
    ["name: other, mountPath: /data", ['.name: Not found: "other"']],
    [
      "name: data, mountPath: /data, subPath: ../a, subPathExpr: $(A)",
      [
        ".subPath: Invalid value: \"../a\": must not contain '..'",
        '.subPathExpr: Invalid value: "$(A)": subPathExpr and subPath are mutually exclusive',
      ],
    ],
    [
      "name: data, mountPath: /data, mountPropagation: Bidirectional",
      [".mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers"],
    ],
    [
      "name: data, mountPath: /data, mountPropagation: Some",
      ['.mountPropagation: Unsupported value: "Some": supported values: "Bidirectional", "HostToContainer", "None"'],
    ],
    [
      "name: data, mountPath: /data, recursiveReadOnly: Enabled",
      [".recursiveReadOnly: Forbidden: may only be specified when readOnly is true"],
    ],
  ];
  for (const [mount, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} { ${mount} }`, () => {
      expect(containerErrors(`volumeMounts: [{ ${mount} }]`, volumes)).to.deep.equal(errors.map((error) => `volumeMounts[0]${error}`));
    });
  }

  it("refuses two things at one place", () => {
    const mounts = "volumeMounts: [{ name: data, mountPath: /a }, { name: data, mountPath: /a }]";
    expect(containerErrors(`${mounts}, volumeDevices: [{ name: data, devicePath: /a }]`, volumes)).to.deep.equal([
      'volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
      'volumeDevices[0].devicePath: Invalid value: "/a": must be unique',
    ]);
  });
});
