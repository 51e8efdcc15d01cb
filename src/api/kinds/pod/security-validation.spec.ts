import { expect } from "chai";
import { containerErrors, podErrors } from "../../../../test/builders/pod-errors.js";

const range = "must be between 0 and 2147483647, inclusive";

describe("validateContainerSecurity", () => {
  const cases: readonly (readonly [context: string, errors: readonly string[]])[] = [
    ["runAsUser: 1000, runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] }", []],
    ["seccompProfile: { type: Localhost, localhostProfile: a.json }, appArmorProfile: { type: RuntimeDefault }", []],
    [
      "runAsUser: -1, runAsGroup: 2147483648",
      [`runAsUser: Invalid value: -1: ${range}`, `runAsGroup: Invalid value: 2147483648: ${range}`],
    ],
    ["procMount: Unmasked", ['procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`']],
    ["procMount: Open", ['procMount: Unsupported value: "Open": supported values: "Default", "Unmasked"']],
    ["seccompProfile: {}", ["seccompProfile.type: Required value: type is required when seccompProfile is set"]],
    [
      "seccompProfile: { type: Localhost }",
      ["seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost"],
    ],
    [
      "seccompProfile: { type: Localhost, localhostProfile: /a }",
      ['seccompProfile.localhostProfile: Invalid value: "/a": must be a relative path'],
    ],
    [
      "appArmorProfile: { type: Unconfined, localhostProfile: a }",
      ['appArmorProfile.localhostProfile: Invalid value: "a": can only be set when AppArmor type is Localhost'],
    ],
    [
      "appArmorProfile: { type: Some }",
      ['appArmorProfile.type: Unsupported value: "Some": supported values: "Localhost", "RuntimeDefault", "Unconfined"'],
    ],
  ];
  for (const [context, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} { ${context} }`, () => {
      expect(containerErrors(`securityContext: { ${context} }`)).to.deep.equal(errors.map((error) => `securityContext.${error}`));
    });
  }

  it("refuses that a privileged container gains no rights", () => {
    expect(containerErrors("securityContext: { allowPrivilegeEscalation: false, privileged: true }")).to.deep.equal([
      'securityContext: Invalid value: {"privileged":true,"allowPrivilegeEscalation":false}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ]);
    expect(containerErrors("securityContext: { allowPrivilegeEscalation: false, capabilities: { add: [CAP_SYS_ADMIN] } }")[0]).to.match(
      /and `capabilities\.Add` CAP_SYS_ADMIN$/,
    );
  });
});

describe("validatePodSecurity", () => {
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    ["securityContext: { runAsUser: 0, fsGroup: 5, sysctls: [{ name: net.core.somaxconn, value: '1' }] }", []],
    ["securityContext: { supplementalGroups: [1, -1] }", [`spec.securityContext.supplementalGroups: Invalid value: -1: ${range}`]],
    [
      "securityContext: { fsGroupChangePolicy: Never, supplementalGroupsPolicy: Add, seLinuxChangePolicy: Some }",
      [
        'spec.securityContext.fsGroupChangePolicy: Unsupported value: "Never": supported values: "Always", "OnRootMismatch"',
        'spec.securityContext.supplementalGroupsPolicy: Unsupported value: "Add": supported values: "Merge", "Strict"',
        'spec.securityContext.seLinuxChangePolicy: Unsupported value: "Some": supported values: "MountOption", "Recursive"',
      ],
    ],
    [
      "securityContext: { sysctls: [{ value: a }, { name: a }, { name: a }, { name: A }] }",
      [
        "spec.securityContext.sysctls[0].name: Required value",
        'spec.securityContext.sysctls[2].name: Duplicate value: "a"',
        'spec.securityContext.sysctls[3].name: Invalid value: "A": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
      ],
    ],
    [
      "hostNetwork: true, securityContext: { sysctls: [{ name: net.core.somaxconn }, { name: kernel.sem }] }",
      ["spec.securityContext.sysctls[0].name: Invalid value: \"net.core.somaxconn\": may not be specified when 'hostNetwork' is true"],
    ],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(podErrors(fields)).to.deep.equal(errors);
    });
  }
});
