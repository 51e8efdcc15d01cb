import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { Container } from "../../../gen/howbernetes/core/v1/container.js";
import { PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import { emptyMessage } from "../../codec/whole.js";
import type { FieldType } from "../../schema/message-schema.js";
import { schema } from "../../schema/schema.js";
import { deploymentKind } from "../deployment/kind.js";
import { refuseUnhonoured } from "./honoured-fields.js";
import { podKind } from "./kind.js";

const sampleOf: Readonly<Partial<Record<FieldType, unknown>>> = {
  string: "x",
  bool: true,
  int32: 7,
  int64: 7,
  bytes: Buffer.from("x"),
};

/** Only the errors of this rule: some of these fields are wrong in other ways too. */
function refused(yaml: string): string[] {
  return lines(refuseUnhonoured(admitted(podKind, yaml).spec, "spec"));
}

describe("refuseUnhonoured", () => {
  const honouredContainers = [
    "{ name: main, image: a, livenessProbe: { exec: { command: [x] } }, readinessProbe: { tcpSocket: { port: 80 } }, startupProbe: { grpc: { port: 80 } } }",
    "{ name: main, image: a, command: [sh], args: [-c], workingDir: /tmp, env: [{ name: A, value: b }] }",
    "{ name: main, image: a, envFrom: [{ configMapRef: { name: a } }], env: [{ name: A, valueFrom: { secretKeyRef: { name: a, key: b } } }] }",
    "{ name: main, image: a, ports: [{ name: http, containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1, protocol: TCP }] }",
    "{ name: main, image: a, resources: { limits: { cpu: 1, memory: 1Gi }, requests: { cpu: 1 } } }",
    "{ name: main, image: a, stdin: true, stdinOnce: true, tty: true, securityContext: {}, lifecycle: {} }",
    "{ name: main, image: a, resources: { limits: { ephemeral-storage: 1Gi, example.com/gpu: 1 }, requests: { example.com/gpu: 1 } } }",
    "{ name: main, image: a, securityContext: { runAsUser: 0, privileged: true, procMount: Default, capabilities: { add: [KILL] } } }",
    "{ name: main, image: a, lifecycle: { stopSignal: SIGUSR1 } }",
    "{ name: main, image: a, restartPolicy: Never, restartPolicyRules: [{ action: Restart, exitCodes: { operator: In, values: [1] } }] }",
    "{ name: main, image: a, terminationMessagePath: /tmp/why, terminationMessagePolicy: FallbackToLogsOnError }",
    "{ name: main, image: a, lifecycle: { postStart: { exec: { command: [a] } }, preStop: { sleep: { seconds: 1 } } } }",
  ];
  for (const container of honouredContainers) {
    it(`lets through ${container}`, () => {
      expect(refused(`spec: { containers: [${container}] }`)).to.deep.equal([]);
    });
  }

  const honouredSpecs = [
    "nodeSelector: { disk: ssd }, nodeName: n1, hostname: web, schedulerName: other, dnsPolicy: Default",
    "restartPolicy: Never, terminationGracePeriodSeconds: 5, tolerations: [{ operator: Exists }]",
    "hostNetwork: true, hostPID: true, hostIPC: true, dnsPolicy: ClusterFirstWithHostNet",
    "shareProcessNamespace: true, setHostnameAsFQDN: true, hostAliases: [{ ip: 192.0.2.1, hostnames: [a] }]",
    "dnsPolicy: None, dnsConfig: { nameservers: [192.0.2.1] }, securityContext: { fsGroup: 0, supplementalGroupsPolicy: Merge }",
    "schedulingGates: [{ name: example.com/quota }]",
    "hostPID: false, shareProcessNamespace: false, automountServiceAccountToken: false, priority: 5",
    "affinity: { podAffinity: {}, podAntiAffinity: {} }, topologySpreadConstraints: [{ maxSkew: 1 }]",
    "volumes: [], affinity: { nodeAffinity: {} }, subdomain: db, securityContext: {}, serviceAccountName: default, os: { name: linux }",
  ];
  for (const spec of honouredSpecs) {
    it(`lets through ${spec}`, () => {
      expect(refused(`spec: { ${spec}, containers: [{ name: main, image: a }] }`)).to.deep.equal([]);
    });
  }

  const refusedContainers: Readonly<Record<string, string>> = {
    "volumeMounts: [{ name: a, mountPath: /a, recursiveReadOnly: IfPossible }]": "volumeMounts[0].recursiveReadOnly",
    "resources: { requests: { kubernetes.io/batch: 1 } }": "resources.requests[kubernetes.io/batch]",
    "resources: { requests: { hugepages-2Mi: 2Mi } }": "resources.requests[hugepages-2Mi]",
    "resources: { claims: [{ name: a }] }": "resources.claims",
    "restartPolicyRules: [{ action: RestartAllContainers, exitCodes: { operator: In, values: [1] } }]": "restartPolicyRules[0].action",
  };
  for (const [field, path] of Object.entries(refusedContainers)) {
    it(`refuses ${field} in a container, by its path`, () => {
      const errors = refused(`spec: { containers: [{ name: a, image: a }, { name: b, image: a, ${field} }] }`);
      expect(errors.map((line) => line.split(": ")[0])).to.deep.equal([`spec.containers[1].${path}`]);
    });
  }

  const refusedSpecs: Readonly<Record<string, string>> = {
    "volumes: [{ name: a, persistentVolumeClaim: { claimName: a } }]": "spec.volumes[0].persistentVolumeClaim",
    "volumes: [{ name: a, ephemeral: {} }]": "spec.volumes[0].ephemeral",
    "volumes: [{ name: a, nfs: { server: a, path: /a } }]": "spec.volumes[0].nfs",
    "volumes: [{ name: a, image: { reference: a } }]": "spec.volumes[0].image",
    "volumes: [{ name: a, configMap: { name: a, items: [{ key: a, path: a, user: 1 }] } }]": "spec.volumes[0].configMap.items[0].user",
    "volumes: [{ name: a, projected: { sources: [{ serviceAccountToken: { path: a } }] } }]":
      "spec.volumes[0].projected.sources[0].serviceAccountToken",
    "serviceAccountName: robot": "spec.serviceAccountName",
    "automountServiceAccountToken: true": "spec.automountServiceAccountToken",
    "overhead: { cpu: 1 }": "spec.overhead",
    "resources: { limits: { cpu: 1 } }": "spec.resources",
  };
  for (const [field, path] of Object.entries(refusedSpecs)) {
    it(`refuses ${field}, by its path`, () => {
      const errors = refused(`spec: { containers: [{ name: a, image: a }], ${field} }`);
      expect(errors.map((line) => line.split(": ")[0])).to.deep.equal([path]);
    });
  }

  const impossible: Readonly<Record<string, string>> = {
    "volumes: [{ name: a, emptyDir: { medium: HugePages } }]":
      "spec.volumes[0].emptyDir.medium: Forbidden: not possible here: nodes have no huge pages to give",
    "initContainers: [{ name: i, image: a, lifecycle: { preStop: { tcpSocket: { port: 1 } } }, restartPolicy: Always }]":
      "spec.initContainers[0].lifecycle.preStop.tcpSocket: Forbidden: obsolete: in Kubernetes it only ever fails",
    "hostUsers: false": "spec.hostUsers: Forbidden: not possible on Docker: user namespaces are the whole engine's, not a pod's",
    "os: { name: windows }": "spec.os.name: Forbidden: not possible here: nodes run Linux containers only",
    "securityContext: { supplementalGroupsPolicy: Strict }":
      "spec.securityContext.supplementalGroupsPolicy: Forbidden: not possible on Docker: it gives users all groups that the image names",
  };
  for (const [field, line] of Object.entries(impossible)) {
    it(`says why ${field} will not be honoured`, () => {
      const errors = lines(podKind.validate(admitted(podKind, `spec: { containers: [{ name: a, image: a }], ${field} }`)));
      expect(errors).to.deep.equal([line]);
    });
  }

  /** The fields of a message, of those that do not look alike set and unset, that may be set to something. */
  function settable(typeName: string, place: (field: string, value: unknown) => object): string[] {
    return schema.message(typeName).fields.flatMap((field) => {
      const one = field.message === undefined ? sampleOf[field.type] : emptyMessage(field.message);
      const value = field.cardinality === "list" ? [one] : field.cardinality === "map" ? { "example.com/a": one } : one;
      const spec = PodSpec.fromPartial({ containers: [{ name: "a", image: "a" }] });
      Object.assign(spec, place(field.name, value));
      return refuseUnhonoured(spec, "spec").some(({ path }) => path.includes(field.jsonName)) ? [] : [field.name];
    });
  }

  it("lets through no other field of a pod than these", () => {
    expect(settable("howbernetes.core.v1.PodSpec", (field, value) => ({ [field]: value }))).to.have.members([
      ...["containers", "restartPolicy", "terminationGracePeriodSeconds", "nodeSelector", "nodeName", "hostname", "subdomain"],
      ...["hostnameOverride", "schedulerName", "tolerations", "priorityClassName", "priority", "preemptionPolicy", "enableServiceLinks"],
      ...["hostAliases", "dnsPolicy", "dnsConfig", "hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "setHostnameAsFQDN"],
      ...["volumes", "imagePullSecrets", "initContainers", "activeDeadlineSeconds", "readinessGates"],
      ...["affinity", "topologySpreadConstraints", "schedulingGates"],
      // The first only as true, the others only as empty messages or in part.
      ...["hostUsers", "securityContext", "os", "ephemeralContainers"],
    ]);
  });

  it("lets through no other field of a container than these", () => {
    const place = (field: string, value: unknown): object => ({ containers: [{ ...Container.fromPartial({}), [field]: value }] });
    expect(settable("howbernetes.core.v1.Container", place)).to.have.members([
      ...["name", "image", "command", "args", "workingDir", "ports", "env", "envFrom", "imagePullPolicy", "volumeMounts"],
      ...["stdin", "stdinOnce", "tty", "resources", "lifecycle", "securityContext", "livenessProbe", "readinessProbe", "startupProbe"],
      ...["terminationMessagePath", "terminationMessagePolicy", "restartPolicy"],
      // Rules only as an empty message.
      ...["restartPolicyRules"],
    ]);
  });

  it("refuses the same in a template", () => {
    const deployment = admitted(
      deploymentKind,
      `
spec:
  selector: { matchLabels: { app: a } }
  template:
    metadata: { labels: { app: a } }
    spec: { containers: [{ name: a, image: a, resizePolicy: [{ resourceName: cpu, restartPolicy: NotRequired }] }] }
`,
    );
    expect(lines(deploymentKind.validate(deployment))).to.deep.equal([
      `spec.template.spec.containers[0].resizePolicy: Forbidden: containers are not resized here: their resources cannot be changed`,
    ]);
  });
});
