import { expect } from "chai";
import { admitted } from "../../../../test/builders/from-manifest.js";
import { deploymentKind } from "../deployment/kind.js";
import { podKind } from "./kind.js";

const bare = `
metadata: { name: web }
spec:
  containers:
  - { name: main, image: "busybox:1.36" }
`;

describe("applyPodDefaults", () => {
  it("fills in what Kubernetes fills in", () => {
    const { spec } = admitted(podKind, bare);
    expect(spec.restartPolicy).to.equal("Always");
    expect(spec.dnsPolicy).to.equal("ClusterFirst");
    expect(spec.schedulerName).to.equal("default-scheduler");
    expect(spec.terminationGracePeriodSeconds).to.equal(30);
    expect(spec.enableServiceLinks).to.equal(true);
    expect(spec.securityContext).to.not.equal(undefined);
    expect(spec.containers[0]).to.include({
      imagePullPolicy: "IfNotPresent",
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "File",
    });
  });

  it("leaves alone what is given", () => {
    const yaml = `
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  enableServiceLinks: false
  containers:
  - { name: main, image: busybox, imagePullPolicy: Never, ports: [{ containerPort: 53, protocol: UDP }] }
`;
    const { spec } = admitted(podKind, yaml);
    expect(spec).to.include({ restartPolicy: "Never", terminationGracePeriodSeconds: 0, enableServiceLinks: false });
    expect(spec.containers[0]?.imagePullPolicy).to.equal("Never");
    expect(spec.containers[0]?.ports[0]?.protocol).to.equal("UDP");
  });

  const images: Readonly<Record<string, string>> = {
    busybox: "Always",
    "busybox:latest": "Always",
    "busybox:1.36": "IfNotPresent",
    "registry.example.com:5000/team/busybox": "Always",
    "registry.example.com:5000/team/busybox:1": "IfNotPresent",
    [`busybox@sha256:${"0".repeat(64)}`]: "IfNotPresent",
    [`busybox:latest@sha256:${"0".repeat(64)}`]: "Always",
  };
  for (const [image, policy] of Object.entries(images)) {
    it(`pulls ${image.slice(0, 50)}: ${policy}`, () => {
      const { spec } = admitted(podKind, `spec: { containers: [{ name: main, image: "${image}" }] }`);
      expect(spec.containers[0]?.imagePullPolicy).to.equal(policy);
    });
  }

  it("takes TCP for a port's protocol", () => {
    const { spec } = admitted(podKind, "spec: { containers: [{ name: main, image: a, ports: [{ containerPort: 80 }] }] }");
    expect(spec.containers[0]?.ports[0]?.protocol).to.equal("TCP");
  });

  it("requests what is limited and not requested", () => {
    const yaml = `
spec:
  containers:
  - name: main
    image: a
    resources: { limits: { cpu: 500m, memory: 64Mi }, requests: { cpu: 100m } }
`;
    const { spec } = admitted(podKind, yaml);
    expect(spec.containers[0]?.resources?.requests).to.deep.equal({ cpu: { string: "100m" }, memory: { string: "64Mi" } });
    expect(spec.containers[0]?.resources?.requests.memory).to.not.equal(spec.containers[0]?.resources?.limits.memory);
  });

  it("does neither for a template, which is filled in when a pod is made of it", () => {
    const yaml = `
spec:
  template:
    spec: { containers: [{ name: main, image: a, resources: { limits: { cpu: "1" } } }] }
`;
    const spec = admitted(deploymentKind, yaml).spec.template?.spec;
    expect(spec?.restartPolicy).to.equal("Always");
    expect(spec?.enableServiceLinks).to.equal(undefined);
    expect(spec?.tolerations).to.deep.equal([]);
    expect(spec?.containers[0]?.resources?.requests).to.deep.equal({});
  });

  const tolerations: readonly { it: string; yaml: string; seconds: readonly (number | undefined)[] }[] = [
    { it: "tolerates a lost node for 30 s", yaml: "[]", seconds: [30, 30] },
    {
      it: "keeps to what the pod says of one taint",
      yaml: "[{ key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 5 }]",
      seconds: [5, 30],
    },
    { it: "adds nothing where all is tolerated", yaml: "[{ operator: Exists }]", seconds: [undefined] },
    { it: "adds to a toleration of another effect", yaml: "[{ operator: Exists, effect: NoSchedule }]", seconds: [undefined, 30, 30] },
  ];
  for (const { it: does, yaml, seconds } of tolerations) {
    it(does, () => {
      const { spec } = admitted(podKind, `spec: { tolerations: ${yaml}, containers: [] }`);
      expect(spec.tolerations.map(({ tolerationSeconds }) => tolerationSeconds)).to.deep.equal(seconds);
    });
  }

  it("changes nothing a second time", () => {
    const once = admitted(podKind, bare);
    const twice = structuredClone(once);
    podKind.applyDefaults(twice);
    expect(twice).to.deep.equal(once);
  });
});

describe("a new pod", () => {
  it("is pending, whatever its author wrote", () => {
    const yaml = `${bare}\nstatus: { phase: Running, podIP: 1.2.3.4 }`;
    const { metadata, status } = admitted(podKind, yaml);
    expect(metadata.generation).to.equal(1);
    expect(status).to.include({ phase: "Pending", qosClass: "BestEffort", podIP: undefined });
  });

  it("has its class of service from what it asks for, limits that count as requests included", () => {
    const limits = "resources: { limits: { cpu: 1, memory: 1Gi } }";
    const { status } = admitted(podKind, `spec: { containers: [{ name: main, image: a, ${limits} }] }`);
    expect(status.qosClass).to.equal("Guaranteed");
  });
});
