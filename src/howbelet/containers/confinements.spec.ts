import { expect } from "chai";
import { admitted } from "../../../test/builders/from-manifest.js";
import { usualConfinement } from "../../../test/conformance/runtime/configs.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Confinement } from "../runtime/confinement.js";
import { isMisconfigured } from "../runtime/errors.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { Confinements } from "./confinements.js";

const confinements = new Confinements({
  profiles: { read: async (name) => `{"name":"${name}"}` },
  machineBytes: () => 2 ** 30,
  maxProcesses: 100,
});

/** Of the only container of a pod, by what the two say. */
async function confinementOf(container: string, pod = "", imageUser = "web:staff"): Promise<Confinement> {
  const whole = admitted(podKind, `spec: { containers: [{ name: main, image: a, ${container} }], ${pod} }`);
  const [main] = whole.spec.containers;
  return confinements.of(whole, main as Container, { imageUser: async () => imageUser, snapshots: [] });
}

const usual = { ...usualConfinement, maxProcesses: 100 };

describe("Confinements", () => {
  it("leave a container that says nothing as the runtime does", async () => {
    expect(await confinementOf("")).to.deep.equal(usual);
  });

  const own = (says: string): string => `securityContext: { ${says} }`;
  const cases: readonly {
    readonly it: string;
    readonly container?: string;
    readonly pod?: string;
    readonly gives: Partial<Confinement>;
  }[] = [
    { it: "run as the pod says", pod: own("runAsUser: 1000, runAsGroup: 2000"), gives: { user: "1000:2000" } },
    { it: "run as the container says instead", container: own("runAsUser: 1"), pod: own("runAsUser: 1000"), gives: { user: "1" } },
    {
      it: "mix what the two say field by field",
      container: own("runAsUser: 1"),
      pod: own("runAsUser: 1000, runAsGroup: 2000"),
      gives: { user: "1:2000" },
    },
    { it: "put a group alone with the image's user", pod: own("runAsGroup: 2000"), gives: { user: "web:2000" } },
    { it: "add the pod's groups, each once", pod: own("supplementalGroups: [1, 2, 1], fsGroup: 2"), gives: { groups: [1, 2] } },
    { it: "take the group of volumes for one of the process", pod: own("fsGroup: 0"), gives: { groups: [0] } },
    {
      it: "add and drop capabilities",
      container: own("capabilities: { add: [KILL], drop: [ALL] }"),
      gives: { capabilities: { add: ["KILL"], drop: ["ALL"] } },
    },
    { it: "give all rights", container: own("privileged: true"), gives: { isPrivileged: true } },
    { it: "protect the root file system", container: own("readOnlyRootFilesystem: true"), gives: { hasReadOnlyRoot: true } },
    { it: "keep privileges from being gained", container: own("allowPrivilegeEscalation: false"), gives: { mayGainPrivileges: false } },
    { it: "filter as the runtime does", pod: own("seccompProfile: { type: RuntimeDefault }"), gives: { seccomp: { type: "default" } } },
    { it: "filter nothing", pod: own("seccompProfile: { type: Unconfined }"), gives: { seccomp: { type: "unconfined" } } },
    {
      it: "filter by a profile of the node's",
      container: own("seccompProfile: { type: Localhost, localhostProfile: a/b.json }"),
      pod: own("seccompProfile: { type: Unconfined }"),
      gives: { seccomp: { type: "profile", json: '{"name":"a/b.json"}' } },
    },
    { it: "lift AppArmor", pod: own("appArmorProfile: { type: Unconfined }"), gives: { appArmor: { type: "unconfined" } } },
    {
      it: "ask for the runtime's AppArmor profile",
      pod: own("appArmorProfile: { type: RuntimeDefault }"),
      gives: { appArmor: { type: "default" } },
    },
    {
      it: "ask for an AppArmor profile of the machine's",
      pod: own("appArmorProfile: { type: Localhost, localhostProfile: web }"),
      gives: { appArmor: { type: "profile", name: "web" } },
    },
    {
      it: "label for SELinux",
      pod: own("seLinuxOptions: { level: 's0:c1' }"),
      gives: { seLinux: { user: "", role: "", type: "", level: "s0:c1" } },
    },
    { it: "show the machine's processes", pod: "hostPID: true", gives: { processes: { type: "host" } } },
    { it: "show the pod's processes", pod: "shareProcessNamespace: true", gives: { processes: { type: "pod" } } },
    { it: "share the machine's memory segments", pod: "hostIPC: true", gives: { ipc: "host" } },
    {
      it: "spare what is guaranteed its resources",
      container: "resources: { limits: { cpu: 1, memory: 1Mi } }",
      gives: { oomScoreAdjustment: -997 },
    },
  ];
  for (const { it: does, container = "", pod, gives } of cases) {
    it(does, async () => {
      expect(await confinementOf(container, pod)).to.deep.equal({ ...usual, ...gives });
    });
  }

  it("refuse a container that would run as root and must not", async () => {
    const failure = await confinementOf("", own("runAsNonRoot: true"), "").catch((error: unknown) => error);

    expect(failure).to.satisfy(isMisconfigured).and.have.property("message").that.contains("image will run as root");
  });

  describe("of an ephemeral container", () => {
    const pod = (target: string, says = "") =>
      admitted(
        podKind,
        `
spec:
  ${says}
  containers: [{ name: main, image: a }]
  ephemeralContainers: [{ name: debug, image: a, targetContainerName: "${target}" }]
`,
      );
    const snapshot = (id: string, phase: ContainerSnapshot["phase"]) =>
      ({ id, phase, identity: { container: "main" } }) as unknown as ContainerSnapshot;
    const facts = { imageUser: async () => "", snapshots: [snapshot("old", "exited"), snapshot("new", "running")] };
    const debug = { name: "debug" } as Container;

    it("show the processes of the running container that it is for", async () => {
      expect((await confinements.of(pod("main"), debug, facts)).processes).to.deep.equal({ type: "container", id: "new" });
    });

    it("show its own when it is for none, and the pod's where those are shared", async () => {
      expect((await confinements.of(pod(""), debug, facts)).processes).to.deep.equal({ type: "own" });
      const shared = pod("main", "shareProcessNamespace: true");
      expect((await confinements.of(shared, debug, facts)).processes).to.deep.equal({ type: "pod" });
    });

    it("refuse it while what it is for does not run", async () => {
      const waiting = confinements.of(pod("main"), debug, { ...facts, snapshots: [snapshot("old", "exited")] });
      const failure = await waiting.catch((error: unknown) => error);

      expect(failure).to.satisfy(isMisconfigured).and.have.property("message", "unable to find target container main: it does not run");
    });
  });
});
