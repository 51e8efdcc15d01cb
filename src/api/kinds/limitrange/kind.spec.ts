import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { limitRange } from "../../../../test/builders/index.js";
import { quantities } from "../../../../test/builders/quantities.js";
import { limitRangeKind } from "./kind.js";

describe("applyLimitRangeDefaults", () => {
  const cases = [
    { it: "limits to the maximum and requests that", given: { max: { cpu: "2" } }, limits: { cpu: "2" }, requests: { cpu: "2" } },
    { it: "requests the minimum", given: { min: { cpu: "1" } }, limits: {}, requests: { cpu: "1" } },
    { it: "requests the limit", given: { default: { cpu: "1" } }, limits: { cpu: "1" }, requests: { cpu: "1" } },
    {
      it: "prefers the limit to the minimum as a request",
      given: { min: { cpu: "1" }, max: { cpu: "4" }, default: { cpu: "2" } },
      limits: { cpu: "2" },
      requests: { cpu: "2" },
    },
    {
      it: "leaves alone what is given",
      given: { max: { cpu: "4" }, default: { cpu: "2" }, defaultRequest: { cpu: "1" } },
      limits: { cpu: "2" },
      requests: { cpu: "1" },
    },
    { it: "has nothing for pods", given: { type: "Pod", max: { cpu: "2" }, min: { cpu: "1" } }, limits: {}, requests: {} },
    {
      it: "has nothing for claims",
      given: { type: "PersistentVolumeClaim", max: { storage: "2Gi" } },
      limits: {},
      requests: {},
    },
  ];
  for (const { it: does, given, limits, requests } of cases) {
    it(does, () => {
      const draft = limitRange({ limits: [given] });
      limitRangeKind.applyDefaults(draft);
      expect(draft.spec.limits[0]?.default).to.deep.equal(quantities(limits));
      expect(draft.spec.limits[0]?.defaultRequest).to.deep.equal(quantities(requests));
    });
  }
});

describe("validateLimitRange", () => {
  const at = "spec.limits[0]";
  const cases: readonly (readonly [limits: string, errors: readonly string[]])[] = [
    ["", []],
    ["{ type: Pod, max: { cpu: 4, memory: 1Gi }, min: { cpu: 100m }, maxLimitRequestRatio: { cpu: 2 } }", []],
    ["{ type: Container, max: { cpu: 4 }, min: { cpu: 1 }, default: { cpu: 3 }, defaultRequest: { cpu: 2 } }", []],
    ["{ type: PersistentVolumeClaim, max: { storage: 10Gi } }", []],
    ["{ type: Container, max: { example.com/gpu: 1 } }, { type: example.com/Any, max: { storage: 1 } }", []],
    ["{ type: Host }", [`${at}.type: Invalid value: "Host": must be a standard limit type or fully qualified`]],
    ["{ type: Pod }, { type: Pod }", ['spec.limits[1].type: Duplicate value: "Pod"']],
    [
      "{ type: Pod, default: { cpu: 1 }, defaultRequest: { cpu: 1 } }",
      ["default", "defaultRequest"].map((field) => `${at}.${field}: Forbidden: may not be specified when \`type\` is 'Pod'`),
    ],
    [
      "{ type: PersistentVolumeClaim, default: { storage: 1 } }",
      [`${at}.limits: Required value: either minimum or maximum storage value is required, but neither was provided`],
    ],
    ["{ type: Pod, max: { storage: 1 } }", [`${at}.max[storage]: Invalid value: "storage": must be a standard resource for containers`]],
    [
      "{ type: Pod, min: { kubernetes: 1 } }",
      [
        `${at}.min[kubernetes]: Invalid value: "kubernetes": must be a standard resource type or fully qualified`,
        `${at}.min[kubernetes]: Invalid value: "kubernetes": must be a standard resource for containers`,
      ],
    ],
    [
      "{ type: Container, max: { requests.example.com/gpu: 1 } }",
      [`${at}.max`, `${at}.default`, `${at}.defaultRequest`].map(
        (path) =>
          `${path}[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": doesn't follow extended resource name standard`,
      ),
    ],
    ["{ type: Pod, min: { cpu: 2 }, max: { cpu: 1 } }", [`${at}.min[cpu]: Invalid value: "2": min value 2 is greater than max value 1`]],
    [
      "{ type: Container, min: { cpu: 2 }, defaultRequest: { cpu: 1 } }",
      [`${at}.defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1`],
    ],
    [
      "{ type: Container, max: { cpu: 1 }, default: { cpu: 2 }, defaultRequest: { cpu: 1500m } }",
      [
        `${at}.defaultRequest[cpu]: Invalid value: "1500m": default request value 1500m is greater than max value 1`,
        `${at}.default[cpu]: Invalid value: "1": default value 2 is greater than max value 1`,
      ],
    ],
    [
      "{ type: Container, default: { cpu: 1 }, defaultRequest: { cpu: 2 } }",
      [`${at}.defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1`],
    ],
    [
      "{ type: Container, min: { cpu: 2 }, default: { cpu: 1 }, defaultRequest: { cpu: 2 } }",
      [
        `${at}.defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1`,
        `${at}.default[cpu]: Invalid value: "2": min value 2 is greater than default value 1`,
      ],
    ],
    [
      "{ type: Pod, min: { cpu: 1 }, maxLimitRequestRatio: { cpu: 800m } }",
      [`${at}.maxLimitRequestRatio[cpu]: Invalid value: "800m": ratio 800m is less than 1`],
    ],
    [
      "{ type: Pod, min: { cpu: 2 }, max: { cpu: 3 }, maxLimitRequestRatio: { cpu: 2 } }",
      [`${at}.maxLimitRequestRatio[cpu]: Invalid value: "2": ratio 2 is greater than max/min = 1.500000`],
    ],
    [
      "{ type: Container, default: { example.com/gpu: 2 }, defaultRequest: { example.com/gpu: 1 } }",
      [
        `${at}.defaultRequest[example.com/gpu]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in example.com/gpu`,
      ],
    ],
  ];
  for (const [limits, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${limits || "no limits"}`, () => {
      const { validate } = limitRangeKind;
      expect(lines(validate(admitted(limitRangeKind, `spec: { limits: [${limits}] }`)))).to.deep.equal(errors);
    });
  }

  it("refuses a quantity that cannot be read, and compares it with nothing", () => {
    const unreadable = limitRange({ limits: [{ type: "Pod", min: { cpu: "some" }, max: { cpu: "1" } }] });
    expect(lines(limitRangeKind.validate(unreadable))).to.deep.equal([
      `${at}.min[cpu]: Invalid value: "some": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    ]);
  });
});

describe("columns of limitranges", () => {
  it("show when it was made", () => {
    expect(limitRangeKind.columns.map(({ name, cell }) => `${name}=${cell(limitRange({ createdMs: 1_000 }), 0)}`)).to.deep.equal([
      "NAME=limits",
      "CREATED AT=1970-01-01T00:00:01Z",
    ]);
  });
});
