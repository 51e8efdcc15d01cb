import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { podErrors } from "../../../../test/builders/pod-errors.js";
import { podKind } from "./kind.js";

const errorsOf = (spec: string): string[] => lines(podKind.validate(admitted(podKind, `spec: { ${spec} }`)));
const ofContainer = (fields: string): string[] => errorsOf(`containers: [{ ${fields} }]`);
const ofSpec = (fields: string): string[] => errorsOf(`containers: [{ name: a, image: a }], ${fields}`);

describe("validatePod: containers", () => {
  it("requires one", () => {
    expect(errorsOf("")).to.deep.equal(["spec.containers: Required value"]);
  });

  it("requires different names", () => {
    expect(errorsOf("containers: [{ name: a, image: a }, { name: a, image: b }]")).to.deep.equal([
      'spec.containers[1].name: Duplicate value: "a"',
    ]);
  });

  it("refuses one port of the host taken twice, by two containers too", () => {
    const port = "ports: [{ containerPort: 80, hostPort: 8080 }]";
    expect(errorsOf(`containers: [{ name: a, image: a, ${port} }, { name: b, image: a, ${port} }]`)).to.deep.equal([
      'spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//8080"',
    ]);
  });

  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    ["name: a, image: a, ports: [{ containerPort: 80 }, { containerPort: 80 }]", []],
    ["name: a, image: a, ports: [{ containerPort: 53, hostPort: 53 }, { containerPort: 53, hostPort: 53, protocol: UDP }]", []],
    ['name: a, image: "$(reboot); rm -rf /"', []],
    ["image: a", ["spec.containers[0].name: Required value"]],
    ["name: a", ["spec.containers[0].image: Required value"]],
    ['name: a, image: " a"', ['spec.containers[0].image: Invalid value: " a": must not have leading or trailing whitespace']],
    [
      "name: a, image: a, imagePullPolicy: Sometimes",
      ['spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"'],
    ],
    ["name: a, image: a, ports: [{}]", ["spec.containers[0].ports[0].containerPort: Required value"]],
    [
      "name: a, image: a, ports: [{ containerPort: 65536 }]",
      ["spec.containers[0].ports[0].containerPort: Invalid value: 65536: must be between 1 and 65535, inclusive"],
    ],
    [
      "name: a, image: a, ports: [{ containerPort: 1, hostPort: -1 }]",
      ["spec.containers[0].ports[0].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive"],
    ],
    [
      "name: a, image: a, ports: [{ containerPort: 1, protocol: tcp }]",
      ['spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"'],
    ],
    [
      "name: a, image: a, ports: [{ containerPort: 1, hostIP: here }]",
      ['spec.containers[0].ports[0].hostIP: Invalid value: "here": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    [
      "name: a, image: a, ports: [{ containerPort: 1, name: x }, { containerPort: 2, name: x }]",
      ['spec.containers[0].ports[1].name: Duplicate value: "x"'],
    ],
    ["name: a, image: a, env: [{ value: x }]", ["spec.containers[0].env[0].name: Required value"]],
    [
      'name: a, image: a, env: [{ name: "A=B" }]',
      [
        "spec.containers[0].env[0].name: Invalid value: \"A=B\": a valid environment variable name must consist only of printable ASCII characters other than '='",
      ],
    ],
    [
      "name: a, image: a, resources: { limits: { cpu: -1 } }",
      [
        'spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
      ],
    ],
    [
      "name: a, image: a, resources: { limits: { cpu: 1 }, requests: { cpu: 1001m } }",
      ['spec.containers[0].resources.requests: Invalid value: "1001m": must be less than or equal to cpu limit of 1'],
    ],
    ["name: a, image: a, resources: { limits: { memory: 1Gi }, requests: { memory: 1024Mi } }", []],
    ["name: a, image: a, resources: { limits: { example.com/gpu: 2 } }", []],
    [
      "name: a, image: a, resources: { limits: { example.com/gpu: 500m } }",
      [
        'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer',
      ],
    ],
    [
      "name: a, image: a, resources: { requests: { example.com/gpu: 1 } }",
      ["spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources"],
    ],
    [
      "name: a, image: a, resources: { limits: { example.com/gpu: 2 }, requests: { example.com/gpu: 1 } }",
      ['spec.containers[0].resources.requests: Invalid value: "1": must be equal to example.com/gpu limit of 2'],
    ],
    [
      "name: a, image: a, resources: { limits: { requests.example.com/gpu: 2 } }",
      [
        'spec.containers[0].resources.limits[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": doesn\'t follow extended resource name standard',
        'spec.containers[0].resources.requests[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": doesn\'t follow extended resource name standard',
      ],
    ],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(ofContainer(fields)).to.deep.equal(errors);
    });
  }

  it("refuses a resource that containers do not have", () => {
    const errors = ofContainer("name: a, image: a, resources: { requests: { time: 1 } }");
    const refused = 'spec.containers[0].resources.requests[time]: Invalid value: "time"';
    expect(errors).to.include.members([
      `${refused}: must be a standard resource type or fully qualified`,
      `${refused}: must be a standard resource for containers`,
    ]);
  });

  it("refuses a name that is no DNS label", () => {
    expect(ofContainer("name: A_b, image: a")[0]).to.match(
      /^spec\.containers\[0\]\.name: Invalid value: "A_b": a lowercase RFC 1123 label/,
    );
  });

  it("refuses a quantity that is none", () => {
    const pod = admitted(podKind, "spec: { containers: [{ name: a, image: a, resources: {} }] }");
    Object.assign(pod.spec.containers[0]?.resources?.limits ?? {}, { cpu: { string: "much" } });
    expect(lines(podKind.validate(pod))).to.deep.equal([
      "spec.containers[0].resources.limits[cpu]: Invalid value: \"much\": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ]);
  });

  it("reports all that is wrong at once", () => {
    expect(ofContainer("ports: [{ containerPort: 0, protocol: x }]")).to.have.length(4);
  });
});

describe("validatePodFields", () => {
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    ["activeDeadlineSeconds: 1, priorityClassName: high, preemptionPolicy: Never, os: { name: windows }", []],
    ["activeDeadlineSeconds: 0", ["spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"]],
    ["preemptionPolicy: Always", ['spec.preemptionPolicy: Unsupported value: "Always": supported values: "Never", "PreemptLowerPriority"']],
    ["os: { name: plan9 }", ['spec.os.name: Unsupported value: "plan9": supported values: "linux", "windows"']],
    [
      "schedulingGates: [{ name: a }, { name: a }], nodeName: n1",
      [
        'spec.schedulingGates[1]: Duplicate value: "a"',
        "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared",
      ],
    ],
    [
      "shareProcessNamespace: true, hostPID: true",
      ["spec.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled"],
    ],
    ["hostUsers: false, hostIPC: true", ["spec.hostIPC: Forbidden: when `hostUsers` is false"]],
    ["overhead: { cpu: -1 }", ['spec.overhead[cpu]: Invalid value: "-1": must be greater than or equal to 0']],
    [
      "resources: { limits: { cpu: 1 }, requests: { cpu: 2 } }",
      ['spec.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    ["initContainers: [{ name: main, image: a }]", ['spec.initContainers[0].name: Duplicate value: "main"']],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(podErrors(fields)).to.deep.equal(errors);
    });
  }

  it("takes a port in the host's network for the host's", () => {
    const port = (fields: string): string[] => podErrors("hostNetwork: true", `ports: [{ containerPort: 80, ${fields} }]`);
    expect(port("")).to.deep.equal([]);
    expect(port("hostPort: 81")).to.deep.equal([
      "spec.containers[0].ports[0].containerPort: Invalid value: 80: must match `hostPort` when `hostNetwork` is true",
    ]);
  });
});

describe("validatePod: spec", () => {
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    ["restartPolicy: OnFailure", []],
    ["restartPolicy: Sometimes", ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"']],
    ["terminationGracePeriodSeconds: -1", ["spec.terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0"]],
    ["tolerations: [{ operator: Exists }, { key: a, value: b, effect: NoSchedule }]", []],
    [
      "tolerations: [{ key: a, operator: Like }, { operator: Exists }]",
      ['spec.tolerations[0].operator: Unsupported value: "Like": supported values: "Equal", "Exists"'],
    ],
    [
      "tolerations: [{ value: b }, { operator: Exists }]",
      [
        'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      "tolerations: [{ key: a, operator: Exists, value: b }]",
      ["spec.tolerations[0].operator: Invalid value: \"b\": value must be empty when `operator` is 'Exists'"],
    ],
    [
      "tolerations: [{ key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 1 }]",
      ["spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when `tolerationSeconds` is set"],
    ],
    [
      "tolerations: [{ key: a, operator: Exists, effect: Nothing }]",
      ['spec.tolerations[0].effect: Unsupported value: "Nothing": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'],
    ],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(ofSpec(fields)).to.deep.equal(errors);
    });
  }

  const paths: Readonly<Record<string, string>> = {
    "nodeName: A_b": "spec.nodeName",
    "hostname: a.b": "spec.hostname",
    'nodeSelector: { "a b": c }': "spec.nodeSelector",
    "tolerations: [{ key: a b, operator: Exists }]": "spec.tolerations[0].key",
  };
  for (const [fields, path] of Object.entries(paths)) {
    it(`refuses ${fields} by its path`, () => {
      expect(ofSpec(fields).map((line) => line.split(": ")[0])).to.deep.equal([path]);
    });
  }
});
