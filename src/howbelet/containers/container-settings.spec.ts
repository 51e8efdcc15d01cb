import { expect } from "chai";
import { admitted } from "../../../test/builders/from-manifest.js";
import { usualConfinement } from "../../../test/conformance/runtime/configs.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { containerSettings, sandboxSettings } from "./container-settings.js";

const podOf = (says: string, name = "web"): Whole<Pod> =>
  admitted(podKind, `{ metadata: { name: ${name}, namespace: default }, spec: { containers: [{ name: main, image: a }], ${says} } }`);

describe("sandboxSettings", () => {
  const cases = [
    { it: "names the sandbox for the pod", says: "", settings: { hostname: "web", domainName: "", ipc: "pod", hostNetwork: false } },
    { it: "takes the host name that the pod wants", says: "hostname: db-0", settings: { hostname: "db-0" } },
    {
      it: "tells the full name of a pod with a subdomain",
      says: "hostname: db-0, subdomain: db",
      settings: { hostname: "db-0", domainName: "db.default.svc.cluster.local" },
    },
    {
      it: "takes the full name for the host name when it is to",
      says: "hostname: db-0, subdomain: db, setHostnameAsFQDN: true",
      settings: { hostname: "db-0.db.default.svc.cluster.local", domainName: "" },
    },
    {
      it: "takes another host name for what the pod itself sees",
      says: "hostname: db-0, subdomain: db, hostnameOverride: db.example",
      settings: { hostname: "db.example", domainName: "" },
    },
    { it: "has no full name without a subdomain", says: "setHostnameAsFQDN: true", settings: { hostname: "web", domainName: "" } },
    { it: "shares the machine's memory segments when it is to", says: "hostIPC: true", settings: { ipc: "host" } },
    {
      it: "adds to the machine's name servers",
      says: "dnsConfig: { searches: [a.example], options: [{ name: ndots, value: '2' }, { name: edns0 }] }",
      settings: { dns: { extendsMachine: true, servers: [], searches: ["a.example"], options: ["ndots:2", "edns0"] } },
    },
    {
      it: "does without the machine's name servers",
      says: "dnsPolicy: None, dnsConfig: { nameservers: [192.0.2.1] }",
      settings: { dns: { extendsMachine: false, servers: ["192.0.2.1"], searches: [], options: [] } },
    },
    {
      it: "takes hosts by other names apart",
      says: "hostAliases: [{ ip: 192.0.2.1, hostnames: [a, b] }]",
      settings: {
        extraHosts: [
          { ip: "192.0.2.1", hostname: "a" },
          { ip: "192.0.2.1", hostname: "b" },
        ],
      },
    },
    {
      it: "sets the kernel's settings",
      says: "securityContext: { sysctls: [{ name: net/ipv4/tcp_syncookies, value: '0' }] }",
      settings: { sysctls: { "net.ipv4.tcp_syncookies": "0" } },
    },
  ];
  for (const { it: does, says, settings } of cases) {
    it(does, () => {
      expect(sandboxSettings(podOf(says), 0)).to.deep.include(settings);
    });
  }

  const port = (number: number): string => `ports: [{ containerPort: ${number}, hostPort: ${number}, hostIP: 127.0.0.1, protocol: UDP }]`;
  const serving = `
metadata: { name: web }
spec:
  initContainers:
    - { name: once, image: a, ${port(1)} }
    - { name: sidecar, image: a, restartPolicy: Always, ${port(2)} }
  containers: [{ name: main, image: a, ${port(3)} }, { name: quiet, image: a, ports: [{ containerPort: 4 }] }]
`;

  it("publishes the host ports of what runs while the pod does", () => {
    const { ports } = sandboxSettings(admitted(podKind, serving), 0);

    expect(ports).to.deep.equal(
      [2, 3].map((number) => ({ containerPort: number, hostPort: number, hostIP: "127.0.0.1", protocol: "udp" })),
    );
  });

  it("publishes nothing in the machine's own network", () => {
    expect(sandboxSettings(admitted(podKind, `${serving}  hostNetwork: true\n`), 0).ports).to.deep.equal([]);
  });

  it("refuses a full name that the kernel cannot take", () => {
    const pod = podOf(`subdomain: ${"b".repeat(35)}, setHostnameAsFQDN: true`);

    expect(() => sandboxSettings(pod, 0)).to.throw("is too long (64 characters is the max, 65 characters requested)");
  });
});

describe("containerSettings", () => {
  const made = { image: "a:1", attempt: 0, sandboxId: "box", variables: new Map([["A", "b"]]), mounts: [], confinement: usualConfinement };

  const settingsOf = (says: string) => {
    const pod = admitted(podKind, `spec: { containers: [{ name: main, image: a, ${says} }] }`);
    const [container] = pod.spec.containers;
    return containerSettings(pod, container as Container, made);
  };

  const cases = [
    { it: "limits nothing that is not limited", says: "", settings: { cpuLimitMilli: undefined, memoryLimitBytes: undefined } },
    {
      it: "limits what is limited, and asks for as much",
      says: "resources: { limits: { cpu: 500m, memory: 64Mi } }",
      settings: { cpuLimitMilli: 500, cpuRequestMilli: 500, memoryLimitBytes: 64 * 2 ** 20 },
    },
    { it: "takes no limit for none", says: "resources: { limits: { cpu: 0 } }", settings: { cpuLimitMilli: undefined } },
    { it: "expands variables in what is run", says: "command: [$(A)], args: [$$(A)]", settings: { command: ["b"], args: ["$(A)"] } },
    { it: "opens standard input", says: "stdin: true, stdinOnce: true, tty: true", settings: { stdin: true, stdinOnce: true, tty: true } },
  ];
  for (const { it: does, says, settings } of cases) {
    it(does, () => {
      expect(settingsOf(says)).to.deep.include(settings);
    });
  }

  it("tells what kind of container it is by the list that it is in", () => {
    const pod = admitted(
      podKind,
      `
spec:
  initContainers: [{ name: init, image: a }]
  containers: [{ name: main, image: a }]
  ephemeralContainers: [{ name: debug, image: a }]
`,
    );
    const [init] = pod.spec.initContainers;
    const [main] = pod.spec.containers;
    const debug = pod.spec.ephemeralContainers[0]?.ephemeralContainerCommon;
    const kinds = [init, main, debug].map((each) => containerSettings(pod, each as Container, made).identity.kind);

    expect(kinds).to.deep.equal(["init", "app", "ephemeral"]);
  });
});
