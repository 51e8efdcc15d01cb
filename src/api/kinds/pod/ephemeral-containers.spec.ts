import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Whole } from "../../object.js";
import { deploymentKind } from "../deployment/kind.js";
import { ephemeralContainersPart } from "./ephemeral-containers.js";
import { podKind } from "./kind.js";

const podWith = (...ephemeral: string[]): Whole<Pod> =>
  admitted(
    podKind,
    `spec: { containers: [{ name: main, image: a }], ephemeralContainers: [${ephemeral.map((each) => `{ ${each} }`).join(", ")}] }`,
  );

describe("ephemeral containers", () => {
  it("get the defaults of any container", () => {
    const [{ ephemeralContainerCommon: common } = {}] = podWith("name: debug, image: busybox").spec.ephemeralContainers;

    expect(common).to.include({ imagePullPolicy: "Always", terminationMessagePath: "/dev/termination-log" });
  });

  it("cannot be set when a pod is created", () => {
    const errors = podKind.validateCreate?.(podWith("name: debug, image: a")) ?? [];

    expect(lines(errors)).to.deep.equal(["spec.ephemeralContainers: Forbidden: cannot be set on create"]);
    expect(podKind.validateCreate?.(podWith())).to.deep.equal([]);
  });

  it("cannot be set in a template", () => {
    const deployment = admitted(
      deploymentKind,
      `
spec:
  selector: { matchLabels: { app: a } }
  template:
    metadata: { labels: { app: a } }
    spec: { containers: [{ name: a, image: a }], ephemeralContainers: [{ name: b, image: a }] }
`,
    );
    expect(lines(deploymentKind.validate(deployment))).to.deep.equal([
      "spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template",
    ]);
  });

  const forbidden = "Forbidden: cannot be set for an Ephemeral Container";
  const cases = [
    { says: "name: debug, image: a, targetContainerName: main, stdin: true, tty: true, resources: {}", error: undefined },
    { says: "name: debug, image: a, securityContext: { capabilities: { add: [SYS_PTRACE] } }", error: undefined },
    { says: "image: a", error: "name: Required value" },
    { says: "name: debug", error: "image: Required value" },
    { says: "name: main, image: a", error: 'name: Duplicate value: "main"' },
    { says: "name: debug, image: a, targetContainerName: other", error: 'targetContainerName: Not found: "other"' },
    { says: "name: debug, image: a, ports: [{ containerPort: 80 }]", error: `ports: ${forbidden}` },
    { says: "name: debug, image: a, resources: { limits: { cpu: 1 } }", error: `resources: ${forbidden}` },
    { says: "name: debug, image: a, livenessProbe: { exec: { command: [a] } }", error: `livenessProbe: ${forbidden}` },
  ];
  for (const { says, error } of cases) {
    it(`${error === undefined ? "let through" : "refuse"} { ${says} }`, () => {
      expect(lines(podKind.validate(podWith(says)))).to.deep.equal(error === undefined ? [] : [`spec.ephemeralContainers[0].${error}`]);
    });
  }

  const changes = [
    { it: "may be added", before: [], after: ["name: a, image: a"], error: undefined },
    { it: "may be added to others", before: ["name: a, image: a"], after: ["name: b, image: a", "name: a, image: a"], error: undefined },
    { it: "may not be removed", before: ["name: a, image: a"], after: [], error: 'existing ephemeral containers "a" may not be removed' },
    {
      it: "may not be changed",
      before: ["name: a, image: a"],
      after: ["name: a, image: b"],
      error: 'existing ephemeral containers "a" may not be changed',
    },
  ];
  for (const { it: does, before, after, error } of changes) {
    it(does, () => {
      const errors = ephemeralContainersPart.validateUpdate(podWith(...after), podWith(...before));

      expect(lines(errors)).to.deep.equal(error === undefined ? [] : [`spec.ephemeralContainers: Forbidden: ${error}`]);
    });
  }
});
