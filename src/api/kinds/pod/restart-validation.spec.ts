import { expect } from "chai";
import { containerErrors, podErrors } from "../../../../test/builders/pod-errors.js";

describe("validateRestart", () => {
  const rule = "{ action: Restart, exitCodes: { operator: In, values: [42] } }";
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    [`restartPolicy: Never, restartPolicyRules: [${rule}]`, []],
    ["restartPolicy: Rarely", ['restartPolicy: Unsupported value: "Rarely": supported values: "Always", "Never", "OnFailure"']],
    [`restartPolicyRules: [${rule}]`, ["restartPolicy: Required value: must specify restartPolicy when restart rules are used"]],
    [
      "restartPolicy: Never, restartPolicyRules: [{ action: Stop }]",
      [
        'restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"',
        "restartPolicyRules[0].exitCodes: Required value: must be specified",
      ],
    ],
    [
      "restartPolicy: Never, restartPolicyRules: [{ action: Restart, exitCodes: {} }]",
      ["restartPolicyRules[0].exitCodes.operator: Required value"],
    ],
    [
      "resizePolicy: [{ resourceName: cpu, restartPolicy: NotRequired }, { resourceName: cpu, restartPolicy: NotRequired }]",
      ['resizePolicy: Duplicate value: "cpu"'],
    ],
    [
      "resizePolicy: [{ resourceName: gpu }]",
      ['resizePolicy: Unsupported value: "gpu": supported values: "cpu", "memory"', "resizePolicy: Required value"],
    ],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(containerErrors(fields)).to.deep.equal(errors);
    });
  }

  it("refuses to resize by restarts what is not restarted", () => {
    expect(
      containerErrors("resizePolicy: [{ resourceName: memory, restartPolicy: RestartContainer }]", "restartPolicy: Never"),
    ).to.deep.equal(["resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when `restartPolicy` is 'Never'"]);
    expect(
      podErrors("initContainers: [{ name: i, image: a, resizePolicy: [{ resourceName: cpu, restartPolicy: NotRequired }] }]"),
    ).to.deep.equal([
      'spec.initContainers[0].resizePolicy: Invalid value: [{"resourceName":"cpu","restartPolicy":"NotRequired"}]: must not be set for init containers',
    ]);
  });
});
